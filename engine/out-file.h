/* out-file.h: a file that gets its name only when it is complete: until then it is written beside
 * it, as .NAME.backprop-part, so that neither an error nor a power cut leaves half a file, or
 * destroys the one that was there.
 *
 * Links are followed as a shell's > does it, but not one that somebody else has put into a folder
 * where everybody may write; the part itself is never written through a link. What a killed program
 * has left is taken away by the next one that writes the same file. Devices and pipes, which have
 * no contents to protect, are written straight. Thread: one at a time. */
#pragma once
#include "error.h"
#include <stdio.h>

typedef struct {
  FILE *file; /* to be written; NULL: not open */
  char *path; /* owned: where it will be, with all links followed */
  char *part; /* owned; NULL: a device or a pipe */
} NnOutFile;

/* Everything that can be known to prevent the file from being put in its place is said here, before
 * anyone works for it. Errors, one sentence each with `path`: NN_ERR_IO (no such folder, a
 * directory, not permitted, written by another program at the moment), NN_ERR_NOMEM. */
bool nn_out_open(NnOutFile *out, const char *path, NnError *err);
/* Whether nn_out_open() would succeed, for who asks long before writing; nothing is left behind. A
 * pipe is not opened, as its reader would take that for all. */
bool nn_out_check(const char *path, NnError *err);
/* Whether it is written straight: a device, a pipe, or what the shell has opened (/dev/stdout). */
bool nn_out_is_straight(const char *path);
/* Whether both would be the same file, however it is named, whose second writer would win. */
bool nn_out_is_same(const char *a, const char *b);
/* The sentence for a write to out->file that has just failed (errno). Returns false. */
bool nn_out_failed(const NnOutFile *out, NnError *err);
/* Puts the file in its place with all that was written, on the disk when this returns; keep =
 * false throws it away. It is closed in any case; one that is not open is let be. NN_ERR_IO: it
 * could not be written (a full disk); what was there before is there still. */
bool nn_out_close(NnOutFile *out, bool keep, NnError *err);
/* After a rename: the entry for `path` in its folder is on the disk, too, where the file system can
 * do that. */
void nn_out_sync_folder(const char *path);
/* Takes away what a killed program has left beside `path`. */
void nn_out_sweep(const char *path);
/* Keeps it, for what took long to write: where it has more than `least` bytes, it becomes
 * NAME-unfinished, and *kept its new name, to be freed with nn_free(); otherwise *kept is NULL. To
 * be called before nn_out_check() and nn_out_open(). NN_ERR_IO: it cannot be renamed; NN_ERR_NOMEM.
 */
bool nn_out_rescue(const char *path, size_t least, char **kept, NnError *err);
