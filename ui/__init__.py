"""The page: where models and ratings meet people. Gradio lives here and in app.py alone."""
