/* fetch.h: downloads a dataset of the catalog.
 *
 * The mirrors are tried in order, or `from` alone. What comes is written to FILE.part, and moved to
 * FILE only after size and checksum have been found right, so that FILE is never half a file. A
 * transfer that breaks off, or was cancelled, goes on from where it was, if the server can do that.
 * Proxies are the desktop's, or those in the environment (http_proxy, https_proxy, no_proxy).
 *
 * Nothing of GLib shows here, so that backprop-cli builds without it: fetch-absent.c then stands in
 * for fetch.c. */
#pragma once
#include "data/catalog.h"
#include "engine/error.h"

typedef struct BpFetch BpFetch;

/* `dir`: the files go to DIR/FashionMNIST/raw and the like, torchvision's own layout; NULL: below
 * the user's data directory. `from`: an address that ends in the files' folder, instead of the
 * mirrors; NULL: the mirrors. Texts are copied. Errors: NN_ERR_ARG (no address), NN_ERR_IO (no
 * user's directory), NN_ERR_UNSUPPORTED (this build cannot fetch). Free with bp_fetch_free(). */
bool bp_fetch_new(const NnCatalogSet *set, const char *from, const char *dir, BpFetch **fetch,
                  NnError *err);
void bp_fetch_free(BpFetch *fetch); /* NULL is allowed */
/* Fetches what is not there yet; waits for it, so call it on a thread of its own. Once. Errors, one
 * sentence each: NN_ERR_IO (no network, no mirror that answers, a full disk), NN_ERR_FORMAT (what
 * came is something else), NN_ERR_CANCELLED. */
bool bp_fetch_run(BpFetch *fetch, NnError *err);
void bp_fetch_cancel(BpFetch *fetch); /* any thread, at any time */

typedef struct {
  uint64_t done, total; /* bytes of the whole set */
} BpFetchProgress;
BpFetchProgress bp_fetch_progress(const BpFetch *fetch); /* any thread */
const char *bp_fetch_dir(const BpFetch *fetch);          /* where the files go; borrowed */
/* Of files that were in the way and got another name, one sentence each, or "": they are never
 * written over. Borrowed; once bp_fetch_run() has returned. */
const char *bp_fetch_note(const BpFetch *fetch);
const NnCatalogSet *bp_fetch_set(const BpFetch *fetch);
