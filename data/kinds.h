/* kinds.h: the kinds of the data room: data sets ("mnist", "practice") and transforms ("ToTensor",
 * "RandomCrop", …). */
#pragma once

/* Makes the kinds above known to engine/recipe/kind.h. Once at start-up, before other threads;
 * doing it again changes nothing. */
void nn_data_register_kinds(void);
