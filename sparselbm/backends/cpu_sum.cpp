// Adds one summed quantity of a tile, once its cells are done.
{ double whole = 0.0; for (int k = 0; k < WIDTH; ++k) whole += (double)sum${k}[k];
sums.data[(long long)tile * ${count} + ${k}] += (double)weight * whole; }
