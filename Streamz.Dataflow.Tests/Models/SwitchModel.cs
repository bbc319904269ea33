using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Tests.Models;

/// <summary>Sequences that end by themselves, and some that go on until the input has ended: only the newest comes so far.</summary>
internal sealed class SwitchModel : OperatorModel<int>
{
    private const int Last = -1;

    protected override Trial<int> Draw(Random random)
    {
        var count = random.Next(1, 5);
        return new Trial<int>(
            $"Switch to sequences of less than {count}",
            source =>
            {
                var ended = new TaskCompletionSource();
                source.Materialize().Sink(notification =>
                {
                    if (notification.Kind == NotificationKind.Completed)
                    {
                        ended.SetResult();
                    }
                });
                return source.Switch(value => ItemsAsync(value, value % count, value % 2 == 0 ? ended.Task : null));
            },
            inputs => Outputs(inputs, count));
    }

    private static async IAsyncEnumerable<int> ItemsAsync(int value, int count, Task? until, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var i = 0; i < count; i++)
        {
            yield return value + i;
        }

        if (until is not null)
        {
            await until.WaitAsync(cancellation).ConfigureAwait(false);
            yield return Last;
        }
    }

    private static IEnumerable<Timed<int>> Outputs(TimedInputs inputs, int count)
    {
        foreach (var emit in inputs.Emits)
        {
            for (var i = 0; i < emit.Value % count; i++)
            {
                yield return new Timed<int>(emit.At, emit.Value + i);
            }
        }

        if (inputs.Emits is [.., { } newest] && newest.Value % 2 == 0)
        {
            yield return new Timed<int>(inputs.End, Last);
        }
    }
}
