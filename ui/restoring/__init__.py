"""The tabs that restore photos: Denoise, Dehaze and Derust are one tab made thrice."""
