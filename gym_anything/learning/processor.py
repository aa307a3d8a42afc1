"""Processors: what turns messages and pictures into a model's inputs, loaded and used one way.

Training renders a prompt with the same `render` as acting does, so a model is asked at act time
exactly as it was taught. Where torchvision is not installed, transformers cannot make the part of
a processor that reads videos; `load_processor` then leaves it out.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import transformers
from transformers import AutoProcessor

from gym_anything.agent.prompt import Prompt, to_template
from gym_anything.errors import ConfigError

_WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".index.json")
_NOT_OF_PROCESSOR = ("config.json", "generation_config.json", "adapter_config.json")


def load_processor(folder: Path) -> Any:
    """The processor in a folder: a tokenizer, an image processor and a chat template.

    Raises:
        ConfigError: there is none, or it lacks one of the three.
    """
    try:
        processor = _load(folder)
    except (OSError, ValueError, KeyError, ImportError, AttributeError) as error:
        raise ConfigError(f"{folder}: no vision-language model: no processor: {error}") from error
    if not hasattr(processor, "tokenizer") or not hasattr(processor, "image_processor"):
        raise ConfigError(f"{folder}: its processor has no tokenizer or takes no pictures")
    if processor.chat_template is None:
        raise ConfigError(
            f"{folder}: its processor has no chat template; put the one that the model was "
            "trained with there as chat_template.jinja"
        )
    if processor.tokenizer.pad_token is None:
        processor.tokenizer.pad_token = processor.tokenizer.eos_token
    return processor


def copy_processor(source: Path, folder: Path) -> None:
    """Copy all of a model's files but its configuration and weights, as training changes those."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        of_model = path.name in _NOT_OF_PROCESSOR or path.name.endswith(_WEIGHTS)
        if path.is_file() and not of_model:
            shutil.copyfile(path, folder / path.name)


def render(processor: Any, prompt: Prompt) -> str:
    """A prompt as the chat template renders it, ready for the answer."""
    messages, _ = to_template(prompt.messages)
    return render_wire(processor, messages, prompt.tools)


def render_wire(processor: Any, messages: Sequence[Any], tools: Sequence[Any]) -> str:
    """As `render`, of messages in the shape of `agent.prompt.to_template`."""
    messages, tools = _told(processor, messages, tools)
    return _rendered(processor, messages, tools, ready=True)


def render_answer(
    processor: Any, messages: Sequence[Any], tools: Sequence[Any], answer: str
) -> tuple[str, str]:
    """A prompt and what the model should write after it, the mark of the turn's end included.

    Returns:
        (prompt, completion): the prompt as `render_wire` has it; joined they are the conversation.

    Raises:
        ConfigError: with an answer the chat template renders the prompt otherwise, so that a model
            would be taught another prompt than it is asked with.
    """
    messages, tools = _told(processor, messages, tools)
    said = {"role": "assistant", "content": [{"type": "text", "text": answer}]}
    prompt = _rendered(processor, messages, tools, ready=True)
    whole = _rendered(processor, [*messages, said], tools, ready=False)
    if not whole.startswith(prompt):
        raise ConfigError(
            "the chat template renders a prompt otherwise once it is answered; use one whose "
            f"generation prompt begins the answer ({prompt[-40:]!r} is not in {whole[-80:]!r})"
        )
    return prompt, whole[len(prompt) :]


def _told(
    processor: Any, messages: Sequence[Any], tools: Sequence[Any]
) -> tuple[Sequence[Any], Sequence[Any]]:
    """The messages and tools such that the tools reach the model, whatever its template knows."""
    tools = [_wrapped(tool) for tool in tools]
    if not tools or all(
        name in _rendered(processor, messages, tools, ready=True) for name in _names(tools)
    ):
        return messages, tools
    described = "\n".join(json.dumps(tool) for tool in tools)
    note = {"type": "text", "text": f"\n\nTools:\n{described}"}
    first = dict(messages[0])
    first["content"] = [*first["content"], note]
    return [first, *messages[1:]], []


def _rendered(processor: Any, messages: Sequence[Any], tools: Sequence[Any], *, ready: bool) -> str:
    # The tokenizer's method: SmolVLM's processor has one that asks for its part for videos.
    text: str = processor.tokenizer.apply_chat_template(
        list(messages),
        chat_template=processor.chat_template,
        tools=list(tools) or None,
        add_generation_prompt=ready,
        tokenize=False,
    )
    return text


def _load(folder: Path) -> Any:
    """The processor in a folder; without its part for videos where torchvision is not there."""
    if importlib.util.find_spec("torchvision") is not None:
        load: Any = AutoProcessor.from_pretrained  # not annotated in transformers
        return load(folder, local_files_only=True)
    kind = _processor_class(folder)
    saved = _saved_options(folder, kind)

    class WithoutVideos(kind):  # type: ignore[misc, valid-type]
        """Takes pictures and words only: transformers makes the parts that `__init__` names."""

        def __init__(
            self,
            image_processor: Any = None,
            tokenizer: Any = None,
            chat_template: str | None = None,
            **options: Any,
        ) -> None:
            options = saved | options
            options.pop("video_processor", None)
            super().__init__(
                image_processor=image_processor,
                tokenizer=tokenizer,
                video_processor=None,
                chat_template=chat_template,
                **options,
            )

    WithoutVideos.__name__ = kind.__name__  # under which transformers saves and loads it
    return WithoutVideos.from_pretrained(folder, local_files_only=True)


def _saved_options(folder: Path, kind: Any) -> dict[str, Any]:
    """What a folder says of a processor beside its parts, such as SmolVLM's `image_seq_len`."""
    path = folder / "processor_config.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    parts = {"self", "image_processor", "tokenizer", "video_processor", "chat_template"}
    taken = inspect.signature(kind.__init__).parameters.keys() - parts
    return {name: value for name, value in found.items() if name in taken}


def _processor_class(folder: Path) -> Any:
    """Class of the processor that a folder names, in one of the files that do."""
    for name in ("processor_config.json", "preprocessor_config.json", "tokenizer_config.json"):
        path = folder / name
        named = json.loads(path.read_text()).get("processor_class") if path.is_file() else None
        if named is not None:
            return getattr(transformers, named)
    raise ValueError("no file there names a processor_class")


def _wrapped(tool: Any) -> dict[str, Any]:
    return dict(tool) if "type" in tool else {"type": "function", "function": dict(tool)}


def _names(tools: Sequence[Any]) -> Iterator[str]:
    for tool in tools:
        yield str(tool.get("function", {}).get("name", tool["type"]))
