"""From a file of weights to a repository on the Hugging Face Hub that says all one must know of it.

files     weights of any kind → safetensors, and config.json: what a program must know
page      README.md, the model card: what a person must know
push      a folder of files → one commit
command   `python -m lab publish`
"""
