"""Generators and what they learn against: objectives, critics, sets of images, and the step of both."""
