using System.Collections.Concurrent;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>The laws of every operator, for nodes that try each element twice, and for one whose failures could go to a queue.</summary>
[TestFixture("sync")]
[TestFixture("sync in a chain")]
[TestFixture("sync with a queue")]
[TestFixture("task")]
[TestFixture("task in order")]
internal sealed class PolicyLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => DelegateOf(variant);

    protected override string? NodeOfDelegate => "twice";

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        var numbers = new ConcurrentDictionary<int, int>();
        var options = new NodeOptions
        {
            Name = "twice",
            OnError = variant.EndsWith("queue", StringComparison.Ordinal)
                ? ErrorPolicy.Retry(100).Then(ErrorPolicy.DeadLetter(new DeadLetterQueue())).When(failure => failure is FirstAttempt)
                : ErrorPolicy.Retry(100).For<FirstAttempt>(),
        };
        return variant switch
        {
            "sync in a chain" => source.Map(x => x).Map(Twice, options: options).Map(x => x),
            "task" => source.MapAsync(TwiceAsync, options: options),
            "task in order" => source.MapAsync(TwiceAsync, maxDegreeOfParallelism: 3, options: options),
            _ => source.Map(Twice, options: options),
        };

        int Twice(int value)
        {
            FailTheFirstTime(value);
            probe.Enter();
            return value;
        }

        async ValueTask<int> TwiceAsync(int value, CancellationToken cancellation)
        {
            FailTheFirstTime(value);
            await probe.EnterAsync(cancellation);
            return value;
        }

        void FailTheFirstTime(int value)
        {
            // Each other call for a value is a second attempt, or nearly so: values of the laws come again, and several workers may have one.
            if (numbers.AddOrUpdate(value, 1, (_, number) => number + 1) % 2 == 1)
            {
                throw new FirstAttempt();
            }
        }
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;

    private sealed class FirstAttempt : Exception;
}
