"""Where things are: filters, association, tracks and areas. Plain values in, plain values out."""
