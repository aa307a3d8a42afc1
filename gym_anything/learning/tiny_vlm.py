"""A tiny vision-language model: Qwen3-VL's architecture with a few million weights.

It is built from its configuration, with a tokenizer trained on the words that it will read and
write, and saved as any model of transformers: whatever loads a Qwen3-VL loads it. It learns on a
processor without a GPU, so that every recipe can be tried whole on a laptop.

The tokenizer writes each digit and each blank as a token of its own: coordinates are then digits
wherever they stand, and a word is the same token in an instruction as between quotes, so that what
is to be typed can be copied.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from pydantic import ConfigDict
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from gym_anything.action.frame import Size, smart_resize
from gym_anything.errors import ConfigError

PATCH_PX = 16
MERGE = 2  # patches along each side of what becomes one token
END = "<|im_end|>"
PAD = "<|endoftext|>"
SPECIALS = (PAD, "<|im_start|>", END, "<|vision_start|>", "<|vision_end|>")
IMAGE, VIDEO = "<|image_pad|>", "<|video_pad|>"
_ROLES = "system user assistant"
TEMPLATE = (
    "{% if tools %}<|im_start|>system\n{{ tools | tojson }}<|im_end|>\n{% endif %}"
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.content is string %}{{ message.content }}{% else %}"
    "{% for part in message.content %}{% if part.type == 'image' %}"
    "<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part.text }}{% endif %}{% endfor %}"
    "{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_WORDS = r"[\p{L}\p{M}_]+|\p{N}|\s|[^\s\p{L}\p{M}\p{N}_]+"


@dataclass(frozen=True, slots=True)
class TinyConfig:
    """How large a tiny model is. The defaults make about 5 million weights.

    Attributes:
        vocabulary: tokens at most; a small corpus makes fewer.
        width: of the language model's hidden states.
        layers: of the language model.
        heads: of its attention; `width / heads` is divisible by 8.
        inner: width of its feed-forward layers.
        vision_width: of the vision tower's hidden states.
        vision_layers: of the vision tower.
        vision_heads: of its attention.
        vision_inner: width of its feed-forward layers.
        picture_px: (width, height) to whose area a picture is made smaller; both are rounded to
            multiples of 32 pixels, each square of which becomes one token.
        positions: tokens of a prompt and its answer at most.
        seed: of the weights.
    """

    vocabulary: int = 2048
    width: int = 192
    layers: int = 6
    heads: int = 6
    inner: int = 512
    vision_width: int = 128
    vision_layers: int = 4
    vision_heads: int = 4
    vision_inner: int = 384
    picture_px: Size = (640, 360)
    positions: int = 4096
    seed: int = 0

    __pydantic_config__ = ConfigDict(extra="forbid", frozen=True)

    def __post_init__(self) -> None:
        if self.width % self.heads or (self.width // self.heads) % 8:
            raise ValueError(f"width / heads must be divisible by 8, got {self.width}/{self.heads}")
        if self.vision_width % self.vision_heads or self.vision_layers < 2:
            raise ValueError("vision_heads must divide vision_width; vision_layers is at least 2")

    @property
    def picture_tokens(self) -> int:
        """Tokens of one picture with the sides' ratio of `picture_px`."""
        wide, high = smart_resize(self.picture_px, factor=PATCH_PX * MERGE)
        return wide * high // (PATCH_PX * MERGE) ** 2


def make_tiny(folder: Path, corpus: Iterable[str], config: TinyConfig) -> int:
    """Build a model with random weights and save it, its tokenizer and its processor.

    Args:
        folder: where; made if it is not there.
        corpus: what the tokenizer is trained on: instructions and answers.
        config: how large.

    Returns:
        Number of weights.

    Raises:
        ConfigError: there is a model in the folder, or nothing in the corpus.
    """
    if (folder / "config.json").exists():
        raise ConfigError(f"{folder}: there is a model already; choose another folder")
    words = train_tokenizer(corpus, config.vocabulary)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        model: Any = transformers.Qwen3VLForConditionalGeneration(_architecture(config, words))
    generation: Any = transformers.GenerationConfig
    model.generation_config = generation(
        eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id
    )
    model.save_pretrained(folder)
    _save_processor(folder, config, words)
    return int(model.num_parameters())


def train_tokenizer(corpus: Iterable[str], vocabulary: int) -> Any:
    """A byte-level BPE tokenizer of transformers, trained on texts.

    Args:
        corpus: the texts.
        vocabulary: tokens at most, special ones included.

    Raises:
        ConfigError: there is no text.
    """
    texts = list(corpus)
    if not any(text.strip() for text in texts):
        raise ConfigError("nothing to train a tokenizer on: the corpus has no text")
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    core.decoder = decoders.ByteLevel()
    specials = [*SPECIALS, IMAGE, VIDEO]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=specials,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    core.train_from_iterator((part for text in texts for part in (_ROLES, text)), trainer)
    kind: Any = transformers.PreTrainedTokenizerFast
    return kind(
        tokenizer_object=core,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=[token for token in specials if token not in (END, PAD)],
    )


def _architecture(config: TinyConfig, words: Any) -> Any:
    ids = words.convert_tokens_to_ids
    head = config.width // config.heads
    pairs = head // 2
    rope = {  # time, height and width share the pairs of a head as in Qwen3-VL: 24, 20, 20 of 64
        "rope_type": "default",
        "rope_theta": 10_000.0,
        "mrope_section": [pairs - 2 * (pairs * 5 // 16), pairs * 5 // 16, pairs * 5 // 16],
        "mrope_interleaved": True,
    }
    text = {
        "vocab_size": len(words),
        "hidden_size": config.width,
        "intermediate_size": config.inner,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.heads,
        "head_dim": head,
        "max_position_embeddings": config.positions,
        "rope_parameters": rope,
        "bos_token_id": None,
        "eos_token_id": words.eos_token_id,
        "pad_token_id": words.pad_token_id,
        "tie_word_embeddings": True,
    }
    vision = {
        "depth": config.vision_layers,
        "hidden_size": config.vision_width,
        "num_heads": config.vision_heads,
        "intermediate_size": config.vision_inner,
        "out_hidden_size": config.width,
        "patch_size": PATCH_PX,
        "spatial_merge_size": MERGE,
        "num_position_embeddings": 24 * 24,
        "deepstack_visual_indexes": [config.vision_layers // 2],
    }
    return transformers.Qwen3VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=ids(IMAGE),
        video_token_id=ids(VIDEO),
        vision_start_token_id=ids("<|vision_start|>"),
        vision_end_token_id=ids("<|vision_end|>"),
        tie_word_embeddings=True,
    )


def _save_processor(folder: Path, config: TinyConfig, words: Any) -> None:
    """As `save_pretrained` of a processor would, which needs torchvision for its videos."""
    area = config.picture_px[0] * config.picture_px[1]
    shape = {
        "patch_size": PATCH_PX,
        "merge_size": MERGE,
        "temporal_patch_size": 2,
        "size": {"shortest_edge": (PATCH_PX * MERGE) ** 2, "longest_edge": area},
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
        "do_convert_rgb": True,
    }
    files = {
        "preprocessor_config.json": {"image_processor_type": "Qwen2VLImageProcessor"} | shape,
        "video_preprocessor_config.json": {"video_processor_type": "Qwen3VLVideoProcessor"} | shape,
        "processor_config.json": {"processor_class": "Qwen3VLProcessor"},
    }
    words.save_pretrained(folder)
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / "chat_template.jinja").write_text(TEMPLATE, encoding="utf-8")
