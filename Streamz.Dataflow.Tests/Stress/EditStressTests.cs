using System.Globalization;
using Streamz.Dataflow.Tests.Runtime.Editing;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>Random edits of random trunks while elements flow, with every way to end. The seed is in each message.</summary>
[TestFixture]
[Category("Stress")]
[CancelAfter(240_000)]
internal sealed class EditStressTests
{
    private const int Rounds = 40;

    [Test]
    public async Task Edit_AtAnyMoment_EveryBranchSeesAnUnbrokenStretch()
    {
        var first = Environment.TickCount & 0x3fffffff;
        for (var seed = first; seed < first + Rounds; seed++)
        {
            try
            {
                await new Round(seed).RunAsync();
            }
            catch (Exception failure) when (failure is not AssertionException)
            {
                throw new InvalidOperationException($"seed {seed}", failure);
            }
        }
    }

    /// <summary>Looking for what nobody needs any more must not take the parts of a new detour for it, which are connected one after the other.</summary>
    [Test]
    public async Task Edit_BranchesEndEarlyMeanwhile_NoNewNodeIsTakenForUnneeded()
    {
        for (var round = 0; round < 10 * Rounds; round++)
        {
            var source = new StreamSource<int>();
            var ending = new StreamSource<int>();
            for (var branch = 1; branch <= 50; branch++)
            {
                ending.Map(value => value).Take(branch).SinkToList();
            }

            var head = source.Map(value => value);
            var seen = head.SinkToList();
            source.Union(ending).SinkToList();
            var pipeline = source.Start();
            var endings = Task.Run(async () => await ending.EmitAllAsync(Enumerable.Range(0, 60)));
            await pipeline.EditAsync(_ =>
            {
                source.Disconnect(head);
                source.Map(value => value).Map(value => value).Map(value => value).Connect(head);
            }).Soon();
            await endings.Soon();
            await source.EmitAllAsync([1, 2, 3]).Soon();
            await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
            Assert.That(seen, Is.EqualTo(new[] { 1, 2, 3 }), $"round {round}");
        }
    }

    private sealed class Round(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly string _message = string.Create(CultureInfo.InvariantCulture, $"seed {seed}");
        private readonly List<(IStream Head, Stream<int> Tail)> _trunk = [];
        private readonly List<(IStream Head, SinkList<int> Seen)> _branches = [];
        private readonly List<SinkList<int>> _left = [];
        private readonly List<IStream> _paused = [];
        private IStream? _detour;
        private int _detourAt;

        public async Task RunAsync()
        {
            var source = new StreamSource<int>(new StreamOptions { Capacity = _random.Next(1, 10), Fuse = _random.Next(3) > 0 });
            _trunk.Add((source, source));
            for (var i = _random.Next(2, 6); i > 0; i--)
            {
                _trunk.Add(Append(_trunk[^1].Tail));
            }

            var seen = _trunk[^1].Tail.SinkToList();
            var pipeline = source.Start();
            var emitting = new Emitting(source);
            for (var edits = _random.Next(1, 15); edits > 0; edits--)
            {
                await emitting.PassAsync(_paused.Count > 0 ? 0 : _random.Next(100));
                await EditAsync(pipeline);
            }

            await EndAsync(source, pipeline, emitting, seen);
        }

        private async Task EditAsync(Pipeline pipeline)
        {
            var commit = () => { };
            try
            {
                await pipeline.EditAsync(
                    edit => commit = Describe(edit),
                    // A paused part may hold up one in front of it, which can then not come to a stand.
                    _random.Next(10) == 0 ? TimeSpan.Zero : _paused.Count > 0 ? TimeSpan.FromMilliseconds(50) : Timeout.InfiniteTimeSpan).Soon();
                commit();
            }
            catch (TimeoutException failure) when (failure.Message.StartsWith("The edit", StringComparison.Ordinal))
            {
                // Taken back: everything is as it was.
            }
        }

        /// <returns>What to remember if the edit is made.</returns>
        private Action Describe(PipelineEdit edit)
        {
            switch (_random.Next(7))
            {
                case 0 or 1:
                    var branch = Append(_trunk[_random.Next(_trunk.Count)].Tail);
                    var seen = Append(branch.Tail).Tail.SinkToList();
                    return () => _branches.Add((branch.Head, seen));

                case 2 when _branches.Count > 0:
                    var gone = _branches[_random.Next(_branches.Count)];
                    gone.Head.Detach();
                    return () =>
                    {
                        _branches.Remove(gone);
                        _left.Add(gone.Seen);
                    };

                case 3 when _detour is null:
                    var at = _random.Next(_trunk.Count - 1);
                    _trunk[at].Tail.Disconnect(_trunk[at + 1].Head);
                    var detour = Append(_trunk[at].Tail);
                    Append(detour.Tail).Tail.Connect(_trunk[at + 1].Head);
                    return () => (_detour, _detourAt) = (detour.Head, at);

                // While something behind it is paused it could not let go of what it holds, and the edit would wait.
                case 3 or 4 when _detour is { } taken && _paused.Count == 0:
                    _trunk[_detourAt].Tail.Connect(_trunk[_detourAt + 1].Head);
                    taken.Detach();
                    return () => _detour = null;

                case 5 when _paused.Count == 0:
                    var paused = _trunk[_random.Next(_trunk.Count)].Head;
                    edit.Pause(paused);
                    return () => _paused.Add(paused);

                case 5 or 6 when _paused.Count > 0:
                    edit.Resume(_paused[0]);
                    return _paused.Clear;

                default:
                    foreach (var (node, _) in _trunk.Skip(1))
                    {
                        if (node.Node.MaxDegreeOfParallelism > 1 && _random.Next(2) == 0)
                        {
                            edit.SetParallelism(node, _random.Next(2, 5));
                        }
                        else if (_random.Next(2) == 0)
                        {
                            edit.SetCapacity(node, _random.Next(1, 20));
                        }
                    }

                    return () => { };
            }
        }

        private (IStream Head, Stream<int> Tail) Append(Stream<int> stream)
        {
            var steps = _random.Next(1, 30);
            switch (_random.Next(7))
            {
                case 0:
                    return Alone(stream.Map(value => value));
                case 1:
                    return Alone(stream.Filter(_ => true));
                case 2:
                    return Alone(stream.Buffer(_random.Next(1, 8)));
                case 3:
                    return Alone(stream.Map(value => value, maxDegreeOfParallelism: 3));
                case 4:
                    return Alone(stream.MapAsync(async value =>
                    {
                        if (value % steps == 0)
                        {
                            await Task.Yield();
                        }

                        return value;
                    }));
                case 5:
                    return Alone(stream.MapAsync(
                        async value =>
                        {
                            await Task.Yield();
                            return value;
                        },
                        maxDegreeOfParallelism: 2));
                default:
                    // What it holds back goes on when it is flushed.
                    var head = stream.Partition(_random.Next(1, 6));
                    return (head, head.Flatten());
            }

            static (IStream Head, Stream<int> Tail) Alone(Stream<int> stream) => (stream, stream);
        }

        private async Task EndAsync(StreamSource<int> source, Pipeline pipeline, Emitting emitting, SinkList<int> seen)
        {
            if (_random.Next(4) == 0)
            {
                var stop = pipeline.StopAsync(_random.Next(2) == 0 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
                var edit = pipeline.EditAsync(_ => _trunk[0].Tail.SinkToList());
                await emitting.EndAsync().Ended();
                await stop.Soon();
                await edit.Ended();
                await pipeline.Completion.Ended();
                Assert.That(seen, Is.EqualTo(Enumerable.Range(0, seen.Count)), _message);
                return;
            }

            foreach (var paused in _paused)
            {
                await pipeline.EditAsync(edit => edit.Resume(paused)).Soon();
            }

            var count = await emitting.EndAsync();
            await source.CompleteAsync().Soon();
            await pipeline.Completion.Soon();
            Assert.That(seen, Is.EqualTo(Enumerable.Range(0, count)), _message);
            foreach (var branch in _branches)
            {
                Assert.That(branch.Seen, Is.EqualTo(Enumerable.Range(count - branch.Seen.Count, branch.Seen.Count)), _message);
            }

            foreach (var left in _left.Where(left => left.Count > 0))
            {
                Assert.That(left, Is.EqualTo(Enumerable.Range(left[0], left.Count)), _message);
            }
        }
    }
}
