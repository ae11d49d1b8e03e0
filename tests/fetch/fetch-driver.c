/* fetch-driver.c: fetches a set that the test made up, as the program fetches its own. What is
 * asked stands in the arguments:
 *
 *   fetch-driver DIR CANCEL_AT FROM|- MIRROR… -- NAME SIZE MD5 CONTENT_SIZE CONTENT_MD5 (four
 * times)
 *
 * It cancels once CANCEL_AT bytes have come (0: never). Prints "done D of T" and then "ok", or the
 * error's number and sentence. */
#include "app/datasets/fetch.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_MIRRORS = 8 };

typedef struct {
  BpFetch *fetch;
  NnError err;
  bool ok;
  _Atomic bool done;
} Job;

static void *run(void *data)
{
  Job *job = data;
  job->ok = bp_fetch_run(job->fetch, &job->err);
  atomic_store(&job->done, true);
  return NULL;
}

static void follow(Job *job, uint64_t cancel_at)
{
  const struct timespec pause = {.tv_nsec = 1000000};
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, job) != 0)
    exit(3);
  while (!atomic_load(&job->done)) {
    if (cancel_at > 0 && bp_fetch_progress(job->fetch).done >= cancel_at)
      bp_fetch_cancel(job->fetch);
    nanosleep(&pause, NULL);
  }
  pthread_join(thread, NULL);
}

static NnCatalogFile file_of(char **argv)
{
  return (NnCatalogFile){.name = argv[0],
                         .size = strtoull(argv[1], NULL, 10),
                         .md5 = argv[2],
                         .content_size = strtoull(argv[3], NULL, 10),
                         .content_md5 = argv[4][0] ? argv[4] : NULL};
}

int main(int argc, char **argv)
{
  const char *mirrors[MAX_MIRRORS + 1] = {NULL};
  NnCatalogSet set = {
      .name = "made-up", .title = "Made-up", .folder = "MadeUp", .mirrors = mirrors};
  int at = 4;
  for (int n = 0; at < argc && strcmp(argv[at], "--") != 0 && n < MAX_MIRRORS; n++)
    mirrors[n] = argv[at++];
  if (argc - ++at != 5 * NN_CATALOG_FILES)
    return 2;
  for (int f = 0; f < NN_CATALOG_FILES; f++)
    set.files[f] = file_of(argv + at + 5 * f);
  signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is then an error of write() */
  Job job = {0};
  const char *from = strcmp(argv[3], "-") == 0 ? NULL : argv[3];
  if (bp_fetch_new(&set, from, argv[1], &job.fetch, &job.err)) {
    follow(&job, strtoull(argv[2], NULL, 10));
    BpFetchProgress progress = bp_fetch_progress(job.fetch);
    printf("done %llu of %llu\n", (unsigned long long)progress.done,
           (unsigned long long)progress.total);
    if (bp_fetch_note(job.fetch)[0])
      puts(bp_fetch_note(job.fetch));
    bp_fetch_free(job.fetch);
  }
  if (job.ok)
    puts("ok");
  else
    printf("%d %s\n", (int)job.err.status, job.err.text);
  return 0;
}
