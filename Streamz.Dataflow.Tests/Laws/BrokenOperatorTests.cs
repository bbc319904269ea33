using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Laws;

/// <summary>A law that finds nothing would pass for no reason: operators that break it must be found.</summary>
[TestFixture]
internal sealed class BrokenOperatorTests
{
    [TestCase(Fault.None)]
    [TestCase(Fault.ForgetsToReleaseWhatItRetains)]
    [TestCase(Fault.ForgetsToReleaseWhatItHolds)]
    public void EveryFollowerIsToldOnce_OperatorThatForgets_IsFound(Fault fault)
    {
        var laws = new PairLaws(fault);

        Assert.That(
            () => laws.EveryFollowerIsToldOnceAsync(),
            fault == Fault.None ? Throws.Nothing : Throws.TypeOf<LawViolationException>().With.Message.Contains("still held"));
    }

    internal enum Fault
    {
        None,
        ForgetsToReleaseWhatItRetains,
        ForgetsToReleaseWhatItHolds,
    }

    private sealed class PairLaws(Fault fault) : OperatorLaws<int, int>
    {
        protected override IReadOnlyList<int> Inputs => [1, 2, 3, 4];

        protected override IStream Build(Stream<int> source, LawProbe<int> probe) =>
            source.Then(new OperatorNode<int, int>("sum_with_last", () => new PairStage(fault)));

        protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Select((x, i) => i == 0 ? x : x + inputs[i - 1]);
    }

    private sealed class PairStage(Fault fault) : Stage<int, int>
    {
        private Element<int> _last;

        public override async ValueTask OnElementAsync(Element<int> element)
        {
            element.Context?.Hold();
            element.Context?.Retain();
            await PushAsync(element.With(element.Value + _last.Value));
            if (fault != Fault.ForgetsToReleaseWhatItHolds)
            {
                element.Context?.Release();
            }

            _last.Context?.ReleaseRetained();
            _last = element;
        }

        public override ValueTask OnFlushAsync()
        {
            if (fault != Fault.ForgetsToReleaseWhatItRetains)
            {
                _last.Context?.ReleaseRetained();
            }

            return default;
        }
    }
}
