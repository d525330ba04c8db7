"""The Hugging Face Hub: one pinned file into its cache, whatever the network does."""
