// In a rehearsal threads run one after the other: the last thread of a warp adds the values of all 32, in the same order as
// the GPU.
{ static double values[32]; values[cell & 31] = (double)sum${k};
if ((cell & 31) == 31) {
for (int reach = 16; reach > 0; reach >>= 1) for (int k = 0; k + reach < 32; ++k) values[k] += values[k + reach];
sums.data[((long long)tile * ${count} + ${k}) * (CELLS / 32) + cell / 32] += (double)weight * values[0]; } }
