/* data-store.h: the data set at hand: loading it, downloading it, and what is missing.
 *
 * It is given what data the recipe asks for, finds these in the folders that were opened or in the
 * usual places, and loads them on another thread. The data at hand stay until others have come.
 *
 * Thread: the window's. Signals:
 *   "loaded" (bool opened): other data are at hand; `opened`: by a person, or they are the first,
 *       rather than because the recipe asks for them.
 *   "size-kept" (int rows, int columns): images were asked for in another size and have not come;
 *       those at hand stay as they are.
 *   "changed" ():       other data are at hand, or loading began or ended. After the above.
 *   "fetch-changed" (): more of a download has come, or it has begun or ended.
 *   "notice" (string):  one sentence worth a passing notice.
 *   "failed" (string, string): why something asked for did not work, one sentence; what it was. */
#pragma once
#include <gio/gio.h>
#include "app/datasets/fetch.h"
#include "app/datasets/open-data.h"
#include "shared-data.h"

G_BEGIN_DECLS

#define BP_TYPE_DATA_STORE (bp_data_store_get_type())
G_DECLARE_FINAL_TYPE(BpDataStore, bp_data_store, BP, DATA_STORE, GObject)

BpDataStore *bp_data_store_new(void);
BpData *bp_data_store_get(BpDataStore *self); /* at hand; borrowed; NULL: none yet */
/* Neither loading nor downloading: it can be let go without waiting. */
gboolean bp_data_store_is_idle(BpDataStore *self);

/* ---- what the recipe asks for ---- */
/* Remembers it; nothing is loaded yet. */
void bp_data_store_ask(BpDataStore *self, const NnConfig *recipe);
/* Loads it, if it is not there and was not tried already. */
void bp_data_store_load_asked(BpDataStore *self);
/* The data at hand are what is asked for, or stand in for it. */
gboolean bp_data_store_has_asked(BpDataStore *self);
/* What is asked for is a set of the catalog, is not at hand, and something is being loaded. */
gboolean bp_data_store_awaits_catalog(BpDataStore *self);
/* The kind of data set that those at hand are known as; NULL: there are none yet. */
const NnKind *bp_data_store_get_kind(BpDataStore *self);
/* They are what this recipe asks for, whatever they were loaded as. */
void bp_data_store_accept_as(BpDataStore *self, const NnConfig *recipe);
/* The same pictures in another object, which others share, take their place. */
void bp_data_store_share(BpDataStore *self, BpData *data);

/* ---- opening ---- */
/* By a person: loads on another thread; NULL searches. */
void bp_data_store_open(BpDataStore *self, const char *dir);
gboolean bp_data_store_is_loading(BpDataStore *self);
typedef struct {
  gsize done, total; /* images; total 0: not known */
  const char *dir;   /* where from, borrowed; NULL: no folder that a person named */
} BpLoadProgress;
/* FALSE: nothing is being loaded that is waited for. */
gboolean bp_data_store_get_progress(BpDataStore *self, BpLoadProgress *progress);
/* Keeps what is there. */
void bp_data_store_cancel_load(BpDataStore *self);
/* The folders that were opened last, interned or NULL: IDX files with the kind of data set that
 * they were, and images. */
typedef struct {
  const char *data, *data_kind, *pictures;
} BpFolders;
void bp_data_store_get_folders(BpDataStore *self, BpFolders *folders);
/* Instead of the first bp_data_store_open(): as if they had been opened before, so that no recipe
 * follows them. Those that are gone are left out. */
void bp_data_store_open_folders(BpDataStore *self, const BpFolders *folders);
/* Where data sets are looked for and downloaded to; NULL or "": the usual place. Data that were
 * there already are looked for anew. */
void bp_data_store_set_user_dir(BpDataStore *self, const char *dir);

/* ---- what is missing, and downloading it ---- */
typedef enum {
  BP_MISSING_NOTHING,
  BP_MISSING_SET,    /* one of the catalog, which can be downloaded */
  BP_MISSING_FOLDER, /* of pictures, which can be opened */
  BP_MISSING_FILES   /* of IDX, the same */
} BpMissing;

/* What the recipe asks for, and is not on this computer; other data are shown meanwhile. */
BpMissing bp_data_store_get_missing(BpDataStore *self, const NnCatalogSet **set);
/* Downloads it to the user's data directory, then opens it; nothing happens during another
 * download. "notice" or "failed" says how it ended. */
void bp_data_store_fetch(BpDataStore *self, const NnCatalogSet *set);
void bp_data_store_cancel_fetch(BpDataStore *self);
/* The set that is being downloaded, and its bytes; NULL: none. */
const NnCatalogSet *bp_data_store_get_fetch(BpDataStore *self, BpFetchProgress *progress);
/* Downloads from `url` instead of the catalog's mirrors; NULL: from these. */
void bp_data_store_set_mirror(BpDataStore *self, const char *url);

G_END_DECLS
