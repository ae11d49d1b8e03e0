/* no-cuda.c: a shared library that is no module of this program. */
int nn_stranger(void);

int nn_stranger(void)
{
  return 1;
}
