"""How good generators are: their images beside real ones, in figures that are the same for all."""
