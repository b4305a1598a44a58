// The threads of a rehearsal run one after the other: the last of a warp adds what the 32 have left, in the order in which
// the GPU adds it.
{ static double lanes[32]; lanes[cell & 31] = (double)sum${k};
if ((cell & 31) == 31) {
for (int reach = 16; reach > 0; reach >>= 1) for (int lane = 0; lane + reach < 32; ++lane) lanes[lane] += lanes[lane + reach];
sums.data[((long long)tile * ${count} + ${k}) * (CELLS / 32) + cell / 32] += (double)weight * lanes[0]; } }
