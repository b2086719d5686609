#pragma once

#include <glib.h>

/* The strides of a Conv, from the parameters that its shape rule made. */
void fl_convolution_stride (gconstpointer parameters, int *height, int *width);
