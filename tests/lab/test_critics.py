"""The critics of generators: one judgement an image, and batches of one image repeated are found out."""

import pytest
import torch

from lab.generating.critics import ConvCritic, Critic, MLPCritic, ResNetCritic

CRITICS = {
    "mlp": lambda **more: MLPCritic(side=16, channels=3, widths=[32, 16], **more),
    "conv": lambda **more: ConvCritic(side=16, channels=3, width=8, halvings=2, normalised=False, **more),
    "resnet": lambda **more: ResNetCritic(side=16, channels=3, widths=[8, 12], **more),
}


@pytest.mark.parametrize("kind", CRITICS)
def test_a_critic_gives_one_judgement_an_image(kind):
    critic: Critic = CRITICS[kind]()
    images = torch.rand(5, 3, 16, 16)
    assert critic(images).shape == (5, 1)
    torch.testing.assert_close(critic(images)[:2], critic(images[:2]))


@pytest.mark.parametrize("kind", CRITICS)
def test_a_critic_that_sees_deviations_tells_a_batch_of_one_image_repeated(kind):
    critic: Critic = CRITICS[kind](deviation=True)
    images = torch.rand(6, 3, 16, 16)
    alike = images[:1].expand(6, -1, -1, -1)
    assert not torch.allclose(critic(images)[:1], critic(alike)[:1])


@pytest.mark.parametrize("kind", CRITICS)
def test_a_judgement_is_made_of_features(kind):
    critic: Critic = CRITICS[kind]()
    images = torch.rand(5, 3, 16, 16)
    torch.testing.assert_close(critic.judge(critic.features(images)), critic(images))


def test_dropout_leaves_out_its_share_while_a_critic_learns_and_none_afterwards():
    critic = MLPCritic(side=16, widths=[1000], dropout=0.3)
    images = torch.rand(4, 1, 16, 16)
    out = (critic.features(images) == 0).double().mean()
    assert 0.25 < out < 0.35
    assert not (critic.eval().features(images) == 0).any()


def test_a_critic_with_batch_normalisation_has_it_in_all_but_its_first_layer():
    critic = ConvCritic(side=16, channels=3, width=8, halvings=3, normalised=True)
    kinds = [type(layer).__name__ for layer in critic.body]
    assert kinds == ["Conv2d", "LeakyReLU", *["Conv2d", "BatchNorm2d", "LeakyReLU"] * 2]
