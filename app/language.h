/* language.h: the person's language and way of writing numbers, for both programs. */
#pragma once

/* First thing in main(): takes the locale from the environment and opens the catalog of
 * translations, which lies where the program was installed, or where $BACKPROP_LOCALEDIR says (a
 * build tree keeps it in po/). */
void bp_language_start(void);
