"""The published checkpoints that Patina knows, as cards. Nothing here imports torch.

Where a file is, was read in public sources; nobody has opened the files yet, so revision and SHA-256 are not
known. `python -m models pin MODEL` reads both from the Hub; until they are given, a model is not run.
"""

from models.architectures.families import FAMILIES
from models.card import Card, Task
from models.source import Hub, Weights

_DENOISERS = (
    FAMILIES["drunet"].card(
        id="denoise-drunet",
        task=Task.DENOISE,
        title="DRUNet",
        summary="Takes away even noise of the level you set, with a deep U-Net.",
        trained="This one is for colour photos, by the paper's authors.",
        weights=Weights(
            source=Hub("deepinv/drunet", "drunet_color.pth"),
            licence="MIT",
            trained_on="Clean photos with white Gaussian noise of many levels, as the paper describes.",
        ),
    ),
    FAMILIES["scunet"].card(
        id="denoise-scunet",
        task=Task.DENOISE,
        title="SCUNet",
        summary="Takes away the noise of real photos without being told how strong it is.",
        trained=(
            "This one is trained to be close to the clean photo (PSNR), so it errs on the smooth side and "
            "invents little."
        ),
        weights=Weights(
            source=Hub("deepinv/scunet", "scunet_color_real_psnr.pth"),
            licence="Apache-2.0",
            trained_on=(
                "Clean photos with synthetic Gaussian, Poisson, speckle, JPEG and camera noise, as the paper "
                "describes."
            ),
        ),
    ),
    *(
        FAMILIES["nafnet"].card(
            id=f"denoise-nafnet-sidd-{width}",
            task=Task.DENOISE,
            title=f"NAFNet, {width} wide",
            summary="Takes away the noise of phone cameras without being told how strong it is.",
            trained=f"This one has {width} channels at full resolution: {size}.",
            weights=Weights(
                source=Hub("nyanko7/nafnet-models", f"NAFNet-SIDD-width{width}.pth"),
                licence="MIT",
                trained_on="Photos of phones in little light, with clean counterparts (the SIDD data set).",
            ),
        )
        for width, size in ((32, "the quicker of the two"), (64, "the slower and stronger of the two"))
    ),
    FAMILIES["fbcnn"].card(
        id="denoise-fbcnn",
        task=Task.DENOISE,
        title="FBCNN, against JPEG",
        summary="Takes away the blocks and rings that JPEG compression leaves.",
        trained="This one is for colour photos, by the paper's authors.",
        weights=Weights(
            source=Hub("danielsapit/JPEG_Artifacts_Removal", "fbcnn_color.pth", kind="space"),
            licence="Apache-2.0",
            trained_on="Clean photos compressed as JPEG at many qualities, as the paper describes.",
        ),
    ),
)

_SMALL_GENERATORS = (
    FAMILIES["dcgan"].card(
        id="generate-dcgan-cifar10",
        task=Task.GENERATE,
        title="DCGAN, CIFAR-10",
        summary="Draws tiny pictures of animals and vehicles.",
        trained="This one, of PyTorch-StudioGAN's benchmark, makes 32 × 32 pixels and takes no wishes.",
        weights=Weights(
            # Seen was the discriminator of this training, model=D-best-weights-step=50000.pth; the generators
            # beside others there differ from theirs by that letter.
            source=Hub(
                "Mingguksky/PyTorch-StudioGAN",
                "studiogan_official_ckpt/CIFAR10_tailored/CIFAR10-DCGAN-train-2022_01_11_20_39_29/"
                "model=G-best-weights-step=50000.pth",
            ),
            licence="Not seen (the code is MIT)",
            trained_on="CIFAR-10: 50,000 photos of ten classes, 32 × 32 pixels.",
        ),
    ),
    FAMILIES["biggan-deep"].card(
        id="generate-biggan-deep-128",
        task=Task.GENERATE,
        title="BigGAN-deep, ImageNet",
        summary="Draws a picture of one of ImageNet's thousand classes.",
        trained="This one makes 128 × 128 pixels; its latents are held near the typical (truncation 0.5).",
        weights=Weights(
            source=Hub("osanseviero/BigGAN-deep-128", "pytorch_model.bin"),
            licence="Not seen",
            trained_on="ImageNet: photos of a thousand classes.",
        ),
    ),
)

_AURORA = "272 photos of the aurora, by its model card."
_UNSEEN = "A few hundred pictures or fewer are usual for FastGAN; the data set's own card was not seen."
_FEW_SHOT = (
    ("shells", "shells", "MIT on three of the four, this one not checked", _UNSEEN),
    ("universe", "galaxies and nebulae", "MIT on three of the four, this one not checked", _UNSEEN),
    ("aurora", "the aurora", "MIT", _AURORA),
    ("painting", "paintings", "MIT on three of the four, this one not checked", _UNSEEN),
)
"""Subject, what it draws, the checkpoint's licence, what it was trained on."""

_FASTGANS = tuple(
    FAMILIES["fastgan"].card(
        id=f"generate-fastgan-{subject}",
        task=Task.GENERATE,
        title=f"FastGAN, {subject}",
        summary=f"Draws pictures of {drawn}, 1024 × 1024 pixels.",
        trained="This one came of the HugGAN sprint of 2022, in which volunteers trained and shared GANs.",
        weights=Weights(
            source=Hub(f"huggan/fastgan-few-shot-{subject}", "pytorch_model.bin"),
            licence=licence,
            trained_on=trained_on,
        ),
    )
    for subject, drawn, licence, trained_on in _FEW_SHOT
)

CARDS: tuple[Card, ...] = (*_DENOISERS, *_SMALL_GENERATORS, *_FASTGANS)
"""Published checkpoints, by task."""
