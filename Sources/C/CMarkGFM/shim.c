// Swift calls the library as it is; a package target needs a source file.
#include "CMarkGFM.h"
