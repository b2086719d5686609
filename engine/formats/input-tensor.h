#pragma once

#include "engine/core/input-preparation.h"
#include "engine/core/tensor.h"
#include "engine/formats/picture.h"

/* The largest input side that is prepared. */
#define FL_INPUT_TENSOR_MAX_SIDE 8192

/**
 * fl_input_tensor_view:
 *
 * What the network sees: @picture brought to width x height by the preparation's rule, still 0 ..
 * 255, as Pillow and torchvision compute it.
 *
 * - %FL_RESIZE_STRETCH: both sides resized.
 * - %FL_RESIZE_SHORT_SIDE: torchvision's Resize(resize_size) and CenterCrop((height, width)): the
 *   long side is truncated to whole pixels, and where the crop is larger than the picture black
 *   surrounds it.
 * - %FL_RESIZE_CENTRE_CROP: the central square of resize_fraction of the short side, rounded to
 *   whole pixels, is cut out and resized.
 * - %FL_RESIZE_FIT: the picture, in the middle of a white square of its long side, is resized.
 *
 * For %FL_CHANNELS_GREY it is turned grey (ITU-R 601-2, as Pillow's convert("L")) before it is
 * resized. The result is always in the order red, green, blue.
 *
 * Returns: (transfer full): a picture, perhaps @picture itself; %NULL with %FL_ERROR_LIMIT where it
 *   would be too large
 */
FlPicture *
fl_input_tensor_view (FlPicture *picture, const FlInputPreparation *preparation, GError **error);

/**
 * fl_input_tensor_locate:
 * @column: of a pixel of @picture
 * @input_column: (out): of the element of the input that lies over the pixel's middle
 *
 * Returns: %FALSE where the network does not see that place
 */
gboolean fl_input_tensor_locate (FlPicture *picture, const FlInputPreparation *preparation,
                                 int column, int row, int *input_column, int *input_row);

/**
 * fl_input_tensor_from_picture:
 *
 * fl_input_tensor_view(), then each channel c becomes (pixel * scale - mean[c]) / std[c], computed
 * in double and rounded once.
 *
 * Returns: (transfer full): float32 [C,H,W], C = fl_input_preparation_n_channels(); %NULL with
 *   %FL_ERROR_LIMIT, or %FL_ERROR_NOT_FINITE where the preparation leads outside of float32
 */
FlTensor *fl_input_tensor_from_picture (FlPicture *picture, const FlInputPreparation *preparation,
                                        GError **error);

/**
 * fl_input_tensor_load:
 * @path: a picture (see fl_picture_load()), or an NPY file of [C,H,W] or [1,C,H,W], told apart by
 *   content; the latter is taken as already prepared
 * @n_channels: of the network's input; where it is not that of @preparation no picture will do
 * @picture: (out) (optional) (nullable) (transfer full): the picture as decoded, %NULL for an NPY
 *   file
 *
 * Returns: (transfer full): float32 [C,H,W], all finite; %NULL with %FL_ERROR_SHAPE or
 *   %FL_ERROR_NOT_FINITE for an NPY file that does not fit, or the reader's error
 */
FlTensor *fl_input_tensor_load (const char *path, const FlInputPreparation *preparation,
                                int n_channels, FlPicture **picture, GError **error);

/**
 * fl_input_tensor_to_picture:
 * @input: [C,H,W] as fl_input_tensor_load() gives it
 *
 * The way back, to look at an input that came without a picture: values become pixels again,
 * rounded and cut off at 0 and 255.
 *
 * Returns: (transfer full): a picture of W x H; grey, that of the first channel, unless C is the
 *   three of @preparation
 */
FlPicture *fl_input_tensor_to_picture (FlTensor *input, const FlInputPreparation *preparation);
