/* blas.c: see blas.h. */
#include "blas.h"
#include "backend.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

/* What the systems call it: most; Alpine; and one that has but the developers' link. */
static const char *const names[] = {"libopenblas.so.0", "libopenblas.so.3", "libopenblas.so"};
/* OpenBLAS maps 32 << 22 bytes on the usual processors (common_x86_64.h and its neighbors), and
 * rounds up. */
enum { BUFFER_MIB = 136 };

__typeof__(&cblas_sgemm) nn_sgemm;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static NnError failure;

static void *open_any(void)
{
  void *library = NULL;
  for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  return library;
}

static void load(void)
{
  void *library = open_any();
  __typeof__(&cblas_sgemm) product = NULL;
  void (*set_threads)(int) = NULL;
  if (library) { /* POSIX's way from an object to a function pointer */
    *(void **)&product = dlsym(library, "cblas_sgemm");
    *(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
  }
  if (!product || !set_threads) {
    const char *reason = dlerror();
    nn_fail(&failure, NN_ERR_UNSUPPORTED, "device",
            "The CPU backend needs OpenBLAS, which cannot be loaded (%s); install it, or use the "
            "device ref.",
            reason ? reason : names[0]);
    return;
  }
  set_threads(1); /* of a build whose threads the environment does not rule */
  nn_sgemm = product;
}

void nn_backends_start(void)
{
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

bool nn_blas_open(NnError *err)
{
  pthread_once(&once, load);
  if (!nn_sgemm && err)
    *err = failure;
  return nn_sgemm != NULL;
}

/* As OpenBLAS maps its buffers, so that every limit counts them alike; nothing is touched. */
bool nn_blas_keep_room(NnBlasRoom *room, int n_threads, NnError *err)
{
  size_t size = (size_t)n_threads * BUFFER_MIB << 20;
  void *space =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED)
    return nn_fail(err, NN_ERR_NOMEM, "threads",
                   n_threads == 1
                       ? N_("There is not enough address space for the matrix products of %d "
                            "thread, which take %zu MiB; raise the limit (ulimit -v).")
                       : N_("There is not enough address space for the matrix products of %d "
                            "threads, which take %zu MiB; use fewer, or raise the limit "
                            "(ulimit -v)."),
                   n_threads, size >> 20);
  *room = (NnBlasRoom){space, size};
  return true;
}

void nn_blas_give_room(NnBlasRoom *room)
{
  if (room->space)
    munmap(room->space, room->size);
  *room = (NnBlasRoom){0};
}
