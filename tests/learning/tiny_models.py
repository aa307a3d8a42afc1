"""Vision-language models with random weights, a few thousand of them, saved as real ones are."""

import importlib.util
import json

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

SPECIALS = ("<|im_start|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
SMOL_SPECIALS = ("<|im_start|>", "<fake_token_around_image>", "<image>", "<global-img>", "<video>")
TEMPLATE = (
    "{% if tools %}<|im_start|>tools\n{{ tools | tojson }}<|im_end|>\n{% endif %}"
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% for part in message.content %}{% if part.type == 'image' %}"
    "<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part.text }}{% endif %}{% endfor %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SMOL_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}:"
    "{% for part in message.content %}{% if part.type == 'image' %}<image>"
    "{% else %}{{ part.text }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant:{% endif %}"
)
TEXT = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
}
ROPE = {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [4, 2, 2]}
VISION = {"depth": 2, "hidden_size": 32, "num_heads": 2, "intermediate_size": 64}


def tokenizer(specials):
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(models.BPE(vocab={char: at for at, char in enumerate(alphabet)}, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = decoders.ByteLevel()
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    fast.add_special_tokens({"additional_special_tokens": list(specials)})
    return fast


def qwen25(folder):
    words = tokenizer(SPECIALS)
    ids = words.convert_tokens_to_ids
    config = transformers.Qwen2_5_VLConfig(
        text_config=TEXT | {"vocab_size": len(words), "rope_parameters": ROPE},
        vision_config=VISION | {"out_hidden_size": 64, "fullatt_block_indexes": [1]},
        image_token_id=ids("<|image_pad|>"),
        video_token_id=ids("<|video_pad|>"),
        vision_start_token_id=ids("<|vision_start|>"),
        vision_end_token_id=ids("<|vision_end|>"),
    )
    images = transformers.Qwen2VLImageProcessor(min_pixels=56 * 56, max_pixels=112 * 112)
    save(transformers.Qwen2_5_VLForConditionalGeneration, config, folder)
    save_processor(folder, "Qwen2_5_VLProcessor", images, words, TEMPLATE)


def qwen3(folder):
    words = tokenizer(SPECIALS)
    ids = words.convert_tokens_to_ids
    config = transformers.Qwen3VLConfig(
        text_config=TEXT | {"vocab_size": len(words), "rope_parameters": ROPE, "head_dim": 16},
        vision_config=VISION
        | {"out_hidden_size": 64, "deepstack_visual_indexes": [0], "num_position_embeddings": 64},
        image_token_id=ids("<|image_pad|>"),
        video_token_id=ids("<|video_pad|>"),
        vision_start_token_id=ids("<|vision_start|>"),
        vision_end_token_id=ids("<|vision_end|>"),
    )
    images = transformers.Qwen2VLImageProcessor(
        patch_size=16, min_pixels=64 * 64, max_pixels=128 * 128
    )
    save(transformers.Qwen3VLForConditionalGeneration, config, folder)
    save_processor(folder, "Qwen3VLProcessor", images, words, TEMPLATE)


def smolvlm(folder):
    words = tokenizer(SMOL_SPECIALS)
    config = transformers.SmolVLMConfig(
        text_config=TEXT | {"model_type": "llama", "vocab_size": len(words)},
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": 64,
            "patch_size": 16,
        },
        image_token_id=words.convert_tokens_to_ids("<image>"),
        scale_factor=2,
        pad_token_id=words.pad_token_id,
    )
    images = transformers.SmolVLMImageProcessor(
        size={"longest_edge": 64}, max_image_size={"longest_edge": 64}, do_image_splitting=False
    )
    save(transformers.SmolVLMForConditionalGeneration, config, folder)
    save_processor(folder, "SmolVLMProcessor", images, words, SMOL_TEMPLATE, image_seq_len=4)


def save(kind, config, folder):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        kind(config).save_pretrained(folder)


def save_processor(folder, name, images, words, template, **options):
    """As `save_pretrained` of a processor would, which needs torchvision for its videos."""
    images.save_pretrained(folder)
    words.save_pretrained(folder)
    (folder / "chat_template.jinja").write_text(template)
    (folder / "processor_config.json").write_text(json.dumps({"processor_class": name} | options))
    if importlib.util.find_spec("torchvision") is not None:
        kind = {"Qwen2_5_VLProcessor": "Qwen2VLVideoProcessor"}
        videos = kind.get(name, name.replace("Processor", "VideoProcessor"))
        getattr(transformers, videos)().save_pretrained(folder)


FAMILIES = {"qwen2.5-vl": qwen25, "qwen3-vl": qwen3, "smolvlm": smolvlm}
