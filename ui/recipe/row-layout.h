/* row-layout.h: a row's title and value beside each other, or, where they do not fit, the value
 * below its title. Thread: the UI thread. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

/* Of a row that has its value as suffix. */
void bp_row_layout_install(AdwActionRow *row);

G_END_DECLS
