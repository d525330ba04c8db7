"""From a finished training to a model on board.

report     a training's folder → its weights and its report, checked against each other
material   the folders that trainings learn from: what they are, and their licence
page       report → the model card beside the weights
command    `python -m lab ship`

`failures/NAME.md` says where a model fails: a person looked, and wrote it.
"""
