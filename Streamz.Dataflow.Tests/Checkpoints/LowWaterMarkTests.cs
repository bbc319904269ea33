using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Checkpoints;

[TestFixture]
internal sealed class LowWaterMarkTests
{
    [Test]
    [Defect("D6")]
    public void Value_LaterPositionsDoneFirst_WaitsForTheEarlierAndNeverGoesBack()
    {
        var mark = new LowWaterMark();
        var begun = new[] { mark.Begin(10), mark.Begin(20), mark.Begin(30) };

        mark.Complete(begun[2]);
        Assert.That(mark.Value, Is.Null);
        mark.Complete(begun[0]);
        Assert.That(mark.Value, Is.EqualTo(10));
        mark.Complete(begun[1]);

        Assert.That((mark.Value, mark.Count, mark.Completed), Is.EqualTo((30L, 0, 3L)));
    }

    [Test]
    public void Value_PositionGivenUp_IsNotPassedAndNothingBehindItIsKept()
    {
        var mark = new LowWaterMark(5);
        var first = mark.Begin(10);
        var lost = mark.Begin(20);
        mark.GiveUp(lost);

        for (var i = 0; i < 100_000; i++)
        {
            mark.Complete(mark.Begin(30 + i));
        }

        Assert.That((mark.Value, mark.Count, mark.IsStuck), Is.EqualTo((5L, 1, true)));
        mark.Complete(first);
        Assert.That((mark.Value, mark.Count), Is.EqualTo((10L, 0)));
    }

    [TestCase(null, 10)]
    [TestCase(10, null)]
    public void Begin_PositionThatDoesNotRise_IsRefused(int? start, int? before)
    {
        var mark = new LowWaterMark(start);
        if (before is { } position)
        {
            mark.Begin(position);
        }
        else
        {
            mark.Begin(11);
        }

        Assert.That(() => mark.Begin(10), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("must rise"));
    }

    [Test]
    public void Value_AnyOrder_IsWhatAModelSays([Range(1, 50)] int seed)
    {
        var random = new Random(seed);
        var mark = new LowWaterMark();
        var states = new List<(long Begun, long Position, char State)>();
        var position = 0L;
        long? before = null;
        for (var step = 0; step < 2_000; step++)
        {
            var open = states.FindIndex(random.Next(states.Count + 1), state => state.State == 'o');
            if (open < 0 || random.Next(3) == 0)
            {
                position += random.Next(1, 9);
                states.Add((mark.Begin(position), position, 'o'));
            }
            else if (random.Next(400) == 0)
            {
                mark.GiveUp(states[open].Begun);
                states[open] = states[open] with { State = 'x' };
            }
            else
            {
                mark.Complete(states[open].Begun);
                states[open] = states[open] with { State = 'd' };
            }

            var done = states.TakeWhile(state => state.State == 'd').ToList();
            long? expected = done.Count > 0 ? done[^1].Position : null;
            Assert.That(mark.Value, Is.EqualTo(expected), $"seed {seed}, step {step}");
            Assert.That(mark.Value ?? -1, Is.GreaterThanOrEqualTo(before ?? -1));
            before = mark.Value;
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task Value_CompletedFromManyThreads_ComesToTheLast(CancellationToken cancellation)
    {
        const int Positions = 20_000;
        var mark = new LowWaterMark();
        var done = new CountdownEvent(Positions);
        for (var i = 1L; i <= Positions; i++)
        {
            var begun = mark.Begin(i);
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    mark.Complete(begun);
                    done.Signal();
                },
                null);
        }

        await Task.Run(() => done.Wait(cancellation), cancellation);

        Assert.That((mark.Value, mark.Count), Is.EqualTo(((long?)Positions, 0)));
    }
}
