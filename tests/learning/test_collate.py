import dataclasses

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from gym_anything.agent.prompt import Message, Prompt, Role
from gym_anything.errors import ConfigError
from gym_anything.learning.collate import NOT_IN_LOSS, Collator, check_samples
from gym_anything.learning.processor import load_processor
from gym_anything.learning.samples import Samples
from gym_anything.learning.vlm import LocalModel
from gym_anything.store.png import decode
from tests.learning.tiny_models import FAMILIES, qwen3

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module", params=list(FAMILIES))
def model(request, tmp_path_factory):
    """A model of each family."""
    folder = tmp_path_factory.mktemp(request.param)
    FAMILIES[request.param](folder)
    return LocalModel.load(folder)


@pytest.fixture
def samples(collect, made):
    return list(Samples(made(collect("solution"))[0]))


def prompt_of(sample):
    """The prompt as an agent would have it."""
    pictures = iter(sample.pictures)
    messages = []
    for message in sample.prompt:
        text = "".join(part.get("text", "") for part in message["content"])
        shown = any(part["type"] == "image" for part in message["content"])
        picture = decode(next(pictures)) if shown else None
        messages.append(Message(Role(message["role"]), text, picture))
    return Prompt(tuple(messages), sample.tools)


def test_the_loss_is_on_the_completion_and_on_nothing_else(model, samples):
    batch = Collator(model.processor, 4096)(samples)
    decode_ids = model.processor.tokenizer.decode
    for number, sample in enumerate(samples):
        ids, labels = batch["input_ids"][number], batch["labels"][number]
        learnt = labels != NOT_IN_LOSS
        assert decode_ids(labels[learnt]) == f"{sample.completion}<|im_end|>\n"
        assert (labels[learnt] == ids[learnt]).all()
        assert (batch["attention_mask"][number][learnt] == 1).all()
        end = int(batch["attention_mask"][number].sum())
        assert learnt[:end].int().diff().clamp(min=0).sum() == 1 and learnt[end - 1]


def test_the_prompt_is_token_for_token_what_the_model_is_asked_with(model, samples):
    batch = Collator(model.processor, 4096)(samples)
    asked = model.inputs([prompt_of(sample) for sample in samples])
    assert (batch["pixel_values"] == asked["pixel_values"]).all()
    kinds = [name for name in ("input_ids", "mm_token_type_ids") if name in asked]
    for number in range(len(samples)):
        there = batch["attention_mask"][number].bool() & (batch["labels"][number] == NOT_IN_LOSS)
        alone = asked["attention_mask"][number].bool()
        for name in kinds:
            assert batch[name][number][there].tolist() == asked[name][number][alone].tolist()


def test_a_batch_has_the_loss_of_its_samples_alone(model, samples):
    collator = Collator(model.processor, 4096)

    def loss(batch):
        found = model.model(**batch).loss.item()
        tokens = int((batch["labels"][:, 1:] != NOT_IN_LOSS).sum())
        return found * tokens, tokens

    total, tokens = loss(collator(samples))
    alone = [loss(collator([sample])) for sample in samples]
    assert total == pytest.approx(sum(one for one, _ in alone), rel=1e-4)
    assert tokens == sum(count for _, count in alone)


def test_a_sample_that_is_too_long_is_named_and_never_cut(model, samples):
    longest = check_samples(samples, Collator(model.processor, 4096))
    assert check_samples(samples, Collator(model.processor, longest)) == longest
    with pytest.raises(ConfigError, match=r"row \d \(episode \w+, step \d\).*more than max_length"):
        check_samples(samples, Collator(model.processor, longest - 1))


def test_a_picture_that_does_not_decode_is_named(model, samples):
    torn = dataclasses.replace(samples[1], pictures=(samples[1].pictures[0][:-40], b"no PNG"))
    with pytest.raises(ConfigError, match=r"row 1 \(episode \w+, step 1\), picture \d: does not"):
        Collator(model.processor, 4096)([samples[0], torn])
    lost = dataclasses.replace(samples[1], pictures=samples[1].pictures[:1])
    with pytest.raises(ConfigError, match="row 1 .*1 pictures for 2 places"):
        Collator(model.processor, 4096)([lost])


def test_a_processor_without_a_chat_template_is_refused(tmp_path):
    qwen3(tmp_path)
    (tmp_path / "chat_template.jinja").unlink()
    with pytest.raises(ConfigError, match=r"no chat template; put the one .*chat_template\.jinja"):
        load_processor(tmp_path)


def test_a_template_that_asks_otherwise_than_it_answers_is_refused(model, samples, tmp_path):
    qwen3(tmp_path)
    template = tmp_path / "chat_template.jinja"
    template.write_text(template.read_text().replace("assistant\n{%", "assistant\n<think>{%"))
    with pytest.raises(ConfigError, match="renders a prompt otherwise once it is answered"):
        Collator(load_processor(tmp_path), 4096)(samples)
