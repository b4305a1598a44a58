// The 32 cells of a warp lie in one tile. Each warp has its own partial sum, so that results are the same in every run.
{ double whole = (double)sum${k};
for (int reach = 16; reach > 0; reach >>= 1) whole += __shfl_down_sync(0xffffffffu, whole, reach);
if ((cell & 31) == 0) sums.data[((long long)tile * ${count} + ${k}) * (CELLS / 32) + cell / 32] += (double)weight * whole; }
