"""Behind the Arena, without Gradio: results are made beforehand, pairs chosen, dealt and told apart."""
