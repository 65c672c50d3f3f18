"""A small GAN laboratory in numpy: many runs at once, truth taken from samples, for measuring gandoctor."""
