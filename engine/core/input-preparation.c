#include "engine/core/input-preparation.h"

int
fl_input_preparation_n_channels (const FlInputPreparation *preparation)
{
  return preparation->channels == FL_CHANNELS_GREY ? 1 : 3;
}

void
fl_input_preparation_init_default (FlInputPreparation *preparation, int n_channels, int width,
                                   int height)
{
  *preparation = (FlInputPreparation){
    .width = width,
    .height = height,
    .channels = FL_CHANNELS_GREY,
    .scale = 1. / 255.,
    .std = { 1, 1, 1 },
    .rule = FL_RESIZE_STRETCH,
    .resize_size = MIN (width, height),
    .resize_fraction = 1,
    .resample = FL_RESAMPLE_BILINEAR,
  };
  if (n_channels == 3)
    {
      static const double mean[] = { .485, .456, .406 };
      static const double std[] = { .229, .224, .225 };

      preparation->channels = FL_CHANNELS_RGB;
      preparation->rule = FL_RESIZE_SHORT_SIDE;
      preparation->resize_size = (MAX (width, height) * 256 + 112) / 224;
      for (int c = 0; c < 3; c++)
        {
          preparation->mean[c] = mean[c];
          preparation->std[c] = std[c];
        }
    }
}
