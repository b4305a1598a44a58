// A warp's 32 cells lie in one tile: its sum has a slot of its own, so that the result is the same on every run.
{ double whole = (double)sum${k};
for (int reach = 16; reach > 0; reach >>= 1) whole += __shfl_down_sync(0xffffffffu, whole, reach);
if ((cell & 31) == 0) sums.data[((long long)tile * ${count} + ${k}) * (CELLS / 32) + cell / 32] += (double)weight * whole; }
