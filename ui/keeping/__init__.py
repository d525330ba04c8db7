"""Behind the page, without Gradio: desk and studio, where models and ratings meet, and what they keep."""
