/* fetch-absent.c: fetch.h in a build without libsoup. */
#include "fetch.h"
#include <stddef.h>

bool bp_fetch_new(const NnCatalogSet *set, const char *from, const char *dir, BpFetch **fetch,
                  NnError *err)
{
  return nn_fail(err, NN_ERR_UNSUPPORTED, set->name,
                 "This build of Backprop cannot download %s because it was made without libsoup 3: "
                 "download the files with another program and give their folder with --data.",
                 set->title);
}

void bp_fetch_free(BpFetch *fetch) {}

bool bp_fetch_run(BpFetch *fetch, NnError *err)
{
  return nn_fail(err, NN_ERR_UNSUPPORTED, NULL, "This build of Backprop was made without libsoup.");
}

void bp_fetch_cancel(BpFetch *fetch) {}

BpFetchProgress bp_fetch_progress(const BpFetch *fetch)
{
  return (BpFetchProgress){0, 0};
}

const char *bp_fetch_dir(const BpFetch *fetch)
{
  return "";
}

const char *bp_fetch_note(const BpFetch *fetch)
{
  return "";
}

const NnCatalogSet *bp_fetch_set(const BpFetch *fetch)
{
  return NULL;
}
