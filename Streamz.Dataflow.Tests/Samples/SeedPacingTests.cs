using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Samples;

/// <summary>The seed's program in virtual time: emit k is admitted exactly when element k-1 has left.</summary>
[CancelAfter(30_000)]
public sealed class SeedPacingTests
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    [Test, DefaultMode]
    public async Task Await_TenEmits_EachIsAdmittedWhenTheOneBeforeHasLeft()
    {
        var clock = new FakeTimeProvider();
        await using var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var began = clock.GetTimestamp();
        var written = new List<(int Value, double At)>();
        source.Map(IncrementAsync).RateLimit(TimeSpan.FromMilliseconds(500)).Sink(WriteAsync);
        var pipeline = source.Start();

        var admitted = new List<double>();
        var emits = EmitAllAsync();
        while (!emits.IsCompleted || written.Count < 10)
        {
            // The emitter is outside the pipeline: a step of the clock counts only once it waits again.
            var expected = Math.Min(written.Count + 1, 10);
            while (Count(admitted) < expected)
            {
                await Task.Yield();
            }

            await pipeline.AdvanceAsync(clock, s_step);
        }

        await emits;
        await source.CompleteAsync();
        Assert.That(written.Select(each => each.Value), Is.EqualTo(Enumerable.Range(1, 10)));
        Assert.That(written.Select(each => each.At), Is.EqualTo(Enumerable.Range(0, 10).Select(k => 0.3 + (0.5 * k))).Within(1e-9));
        Assert.That(admitted, Is.EqualTo(Enumerable.Range(0, 10).Select(k => k == 0 ? 0 : 0.3 + (0.5 * (k - 1)))).Within(1e-9));

        async Task EmitAllAsync()
        {
            for (var x = 0; x < 10; x++)
            {
                await source.EmitAsync(x);
                lock (admitted)
                {
                    admitted.Add(Now());
                }
            }
        }

        async Task<int> IncrementAsync(int x)
        {
            await Task.Delay(s_step, clock);
            return x + 1;
        }

        async Task WriteAsync(int x)
        {
            await Task.Delay(2 * s_step, clock);
            written.Add((x, Now()));
        }

        double Now() => clock.GetElapsedTime(began).TotalSeconds;
    }

    private static int Count(List<double> times)
    {
        lock (times)
        {
            return times.Count;
        }
    }
}
