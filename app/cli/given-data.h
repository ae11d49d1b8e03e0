/* given-data.h: the data that --data names, or the recipe asks for. */
#pragma once
#include "data/data.h"
#include "engine/recipe/config.h"

/* Opens them, says what is to be said of them on standard error, and makes the recipe say what they
 * are. dir: "practice", a folder, or NULL. The caller frees the dataset. */
bool cli_open_data(NnConfig *recipe, const char *dir, NnDataset **dataset, NnError *err);
