/* recorder.h: writes a run into its file while it is trained, on a thread of its own. What it is
 * given waits in memory, and is written about twice a second, and at once when an epoch has ended;
 * an epoch and its checkpoint are one transaction. Where the file cannot be written any more, what
 * was written stays, training goes on, and bp_recorder_has_failed() says why.
 *
 * Thread: one hands over what there is, another may ask. None of them ever waits for the disk, but
 * the one that frees it. */
#pragma once
#include "data/dataset.h"
#include "engine/train/trainer.h"
#include "run-file.h"

typedef struct BpRecorder BpRecorder;

/* Takes the file, opened for training, and the info as the file has it (both also on false).
 * observer: epochs and checkpoints are taken from there. dataset: what is trained on; weights that
 * have seen what is gone of its files are not kept. Both borrowed. */
bool bp_recorder_new(BpRunFile *file, BpRunInfo *info, NnObserver *observer,
                     const NnDataset *dataset, BpRecorder **recorder, NnError *err);
void bp_recorder_add_steps(BpRecorder *recorder, const NnProgress *records, size_t n);
void bp_recorder_add_test_point(BpRecorder *recorder, const BpTestPoint *point);
/* An epoch has ended, or a checkpoint was made: it is written soon. */
void bp_recorder_wake(BpRecorder *recorder);
/* The run has ended, and all steps were handed over: the rest is written, and how it ended. err:
 * NULL, or why it failed. Waits until it is done. */
void bp_recorder_finish(BpRecorder *recorder, const NnResult *result, const NnError *err);
/* Why the run is no longer kept, if it is not. */
bool bp_recorder_has_failed(BpRecorder *recorder, NnError *err);
/* Where it was not finished, the run stays what it was: active, and then interrupted. NULL is
 * allowed. */
void bp_recorder_free(BpRecorder *recorder);
