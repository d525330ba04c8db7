"""A small random network of every family, in the layout of its published checkpoints.

`conftest.py` runs this file and hands them out as `tiny_weights` and `tiny_checkpoint`.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any


def lively(net):
    """Enlarge the weights, so that what goes in does not fade away on its way through untrained layers."""
    for parameter in net.parameters():
        if parameter.ndim == 4:
            parameter.data.mul_(1.7)
    return net


def drunet():
    from spandrel.architectures.DRUNet import DRUNet

    return DRUNet(in_nc=4, out_nc=3, nc=[4, 8, 8, 8], nb=2)


def nafnet():
    from spandrel.architectures.NAFNet import NAFNet

    net = NAFNet(width=4, enc_blk_nums=[1, 1, 1, 1], middle_blk_num=1, dec_blk_nums=[1, 1, 1, 1])
    for name, parameter in net.named_parameters():
        if name.endswith((".beta", ".gamma")):  # zero before training, so that blocks would do nothing
            parameter.data.fill_(0.5)
    return net


def scunet():
    from spandrel.architectures.SCUNet import SCUNet

    return SCUNet(config=[2, 1, 1, 1, 1, 1, 1], dim=64)


def swinir():
    import warnings

    from spandrel.architectures.SwinIR import SwinIR

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "torch.meshgrid")
        return SwinIR(embed_dim=12, depths=[2], num_heads=[2], window_size=8, upscale=1, upsampler="")


def denoise_recurrent():
    from models.architectures.denoise_recurrent import DenoiseRecurrent

    return lively(DenoiseRecurrent(width=4, blocks=2, steps=4))


def dncnn():
    from spandrel.architectures.DnCNN import DnCNN

    return lively(DnCNN(in_nc=3, out_nc=3, nc=4, nb=9, act_mode="R"))


def fdncnn():
    from spandrel.architectures.DnCNN import DnCNN

    return lively(DnCNN(in_nc=4, out_nc=3, nc=4, nb=9, act_mode="R", mode="FDnCNN"))


def fbcnn():
    from spandrel.architectures.FBCNN import FBCNN

    return FBCNN(nc=[4, 8, 8, 512], nb=2)  # its branch for the quality is always 512 wide


def denoise_unet(*, noise_level=True):
    from models.architectures.unet import UNet

    return lively(UNet(widths=(4, 6, 8, 8), blocks=1, noise_level=noise_level))


def denoise_blind():
    return denoise_unet(noise_level=False)


def mixdehazenet():
    from spandrel.architectures.MixDehazeNet import MixDehazeNet

    return MixDehazeNet(embed_dims=[8, 16, 32, 16, 8], depths=[1, 1, 1, 1, 1])


def aodnet():
    from models.architectures.aodnet import AODNet

    return AODNet()


def gcanet():
    from models.architectures.gcanet import GCANet

    return GCANet(width=4)


def dehaze_unet():
    from models.architectures.dehaze_unet import DehazeUNet

    return awake(DehazeUNet(widths=(4, 6, 8, 8, 8), blocks=(1, 1, 1, 1, 2)))


def dehaze_recurrent():
    from models.architectures.dehaze_recurrent import DehazeRecurrent

    return awake(DehazeRecurrent(width=4, steps=4))


def awake(net):
    """Give the last layers weights, which are zero before training."""
    for layer in (net.tail, net.airlight):
        layer.weight.data.normal_(0, 0.05)
    return net


def derust_unet():
    from models.architectures.derust_unet import DerustUNet

    return lively(DerustUNet(widths=(4, 6, 8, 8), blocks=1))


def derust_recurrent():
    from models.architectures.derust_recurrent import DerustRecurrent

    return lively(DerustRecurrent(width=4, blocks=2, steps=4))


def derust_pix2pix():
    from models.architectures.derust_unet import DerustUNet

    return lively(DerustUNet(widths=(4, 6, 8, 8, 8), blocks=1))


def dcgan():
    from models.architectures.dcgan import DCGAN

    return DCGAN(width=4)


def mlp_gan():
    from models.architectures.mlp_gan import MLPGenerator

    return MLPGenerator(latent=64, widths=[8, 8], side=28)


def resnet_gan():
    from models.architectures.resnet_gan import ResNetGenerator

    return ResNetGenerator(latent=64, widths=[8, 4, 4, 4])


def fastgan():
    import torch

    from models.architectures.fastgan import FastGAN

    net = FastGAN(width=8)
    for parameter in net.parameters():
        if parameter.shape == (1,):  # the noise's strength, zero before training
            parameter.data.fill_(0.5)
    for part in net.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.momentum = 1.0  # one pass is enough to learn what comes in
    with torch.no_grad():
        net(torch.randn(4, 256))
    return net


def biggan_deep():
    from models.architectures.biggan_deep import BigGANDeep

    widths = (128, 128, 128, 128, 64, 64, 32, 32, 16, 16, 8)
    net = BigGANDeep(blocks=tuple(pairwise(widths)), attention=8)
    for name, buffer in list(net.named_buffers()):
        owner, _, table = name.rpartition(".")
        setattr(net.get_submodule(owner), table, buffer.expand(51, -1).clone())  # a row a truncation
    return net


TINY: dict[str, Callable[[], Any]] = {
    "drunet": drunet,
    "nafnet": nafnet,
    "scunet": scunet,
    "swinir": swinir,
    "dncnn": dncnn,
    "fdncnn": fdncnn,
    "fbcnn": fbcnn,
    "denoise-unet": denoise_unet,
    "denoise-blind": denoise_blind,
    "denoise-recurrent": denoise_recurrent,
    "mixdehazenet": mixdehazenet,
    "aodnet": aodnet,
    "gcanet": gcanet,
    "dehaze-unet": dehaze_unet,
    "dehaze-recurrent": dehaze_recurrent,
    "derust-unet": derust_unet,
    "derust-recurrent": derust_recurrent,
    "derust-pix2pix": derust_pix2pix,
    "mlp-gan": mlp_gan,
    "resnet-gan": resnet_gan,
    "dcgan": dcgan,
    "fastgan": fastgan,
    "biggan-deep": biggan_deep,
}
