/* data.h: everything of the data room that the app needs. Call nn_data_register_kinds() first. */
#pragma once
#include "kinds.h"
#include "catalog.h"
#include "dataset.h"
#include "loaders.h"
#include "locate.h"
#include "practice.h"
