using System.Collections.Concurrent;
using System.Globalization;
using Polly;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>
/// Random policies at random nodes, under several producers, ended in every way. What each element must come to is known from the plan; the seed is in
/// each message.
/// </summary>
[TestFixture]
[Category("Stress")]
[CancelAfter(300_000)]
internal sealed class ErrorPolicyStressTests
{
    private const int Rounds = 120;
    private const int Producers = 4;

    private enum Ending
    {
        Complete,
        Stop,
        Abort,
        Fault,
    }

    [Test]
    public async Task Policies_RandomNodesAndEndings_EveryElementHasTheEndThatItsPolicySays()
    {
        var first = Environment.TickCount & 0x3fffffff;
        for (var seed = first; seed < first + Rounds; seed++)
        {
            await using var round = new Round(seed);
            await round.RunAsync();
        }
    }

    private sealed class Round : IAsyncDisposable
    {
        private readonly string _message;
        private readonly Random _random;
        private readonly StreamSource<int> _source;
        private readonly DeadLetterQueue _dead = new();
        private readonly ConcurrentQueue<int> _results = [];
        private readonly ConcurrentQueue<int> _letters = [];
        private readonly List<Worker> _workers = [];
        private readonly Ending _ending;
        private readonly int _count;
        private bool _hasQueue;
        private bool _isOrdered = true;

        public Round(int seed)
        {
            _message = string.Create(CultureInfo.InvariantCulture, $"seed {seed}");
            _random = new Random(seed);
            _ending = (Ending)_random.Next(4);
            _count = _random.Next(1, 300);
            _source = new StreamSource<int>(new StreamOptions { Capacity = _random.Next(1, 20), Fuse = _random.Next(3) > 0 });
        }

        public async Task RunAsync()
        {
            var stream = (Stream<int>)_source;
            for (var number = _random.Next(1, 4); number > 0; number--)
            {
                stream = Add(stream);
            }

            stream.Sink(_results.Enqueue);
            if (_hasQueue)
            {
                PutSinkBehindTheQueue();
            }

            var pipeline = _source.Start();
            var deliveries = new ConcurrentBag<(int Element, Task<DeliveryOutcome> Delivery)>();
            var producers = Enumerable.Range(0, Producers).Select(producer => Task.Run(() => ProduceAsync(producer, deliveries))).ToList();
            if (_ending is Ending.Abort)
            {
                await Task.Yield();
                await pipeline.StopAsync(TimeSpan.Zero).Soon();
            }

            await Task.WhenAll(producers).Soon();
            if (_ending is Ending.Stop)
            {
                await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
            }
            else if (_ending is Ending.Complete)
            {
                await _source.CompleteAsync().Soon();
            }
            else
            {
                _source.Complete();
            }

            await pipeline.Completion.Ended();
            await Task.WhenAll(deliveries.Select(each => each.Delivery)).Ended();
            var ends = deliveries.Select(each => (each.Element, End: EndOf(each.Delivery))).ToList();
            if (_ending is Ending.Complete or Ending.Stop)
            {
                CheckAll(pipeline, ends);
            }
            else
            {
                CheckPart(ends);
            }
        }

        public ValueTask DisposeAsync() => _source.DisposeAsync();

        private static string EndOf(Task<DeliveryOutcome> delivery) => delivery.Exception?.InnerException switch
        {
            null => delivery.Result.ToString(),
            NodeFailedException => "Failed",
            ElementAbandonedException => "Abandoned",
            var refused => refused.GetType().Name,
        };

        private async Task ProduceAsync(int producer, ConcurrentBag<(int Element, Task<DeliveryOutcome> Delivery)> deliveries)
        {
            for (var element = producer; element < _count; element += Producers)
            {
                deliveries.Add((element, _source.DeliverAsync(element)));
                if (element % 5 == producer)
                {
                    await Task.Yield();
                }
            }
        }

        private Stream<int> Add(Stream<int> stream)
        {
            var worker = new Worker(_workers.Count, Retries: _random.Next(3), Last: _ending is Ending.Fault ? _random.Next(3) : _random.Next(2), Salt: _random.Next());
            _workers.Add(worker);
            var isAsync = _random.Next(2) == 0;
            var last = worker.Last switch
            {
                0 => ErrorPolicy.Skip,
                1 => ErrorPolicy.DeadLetter(_dead),
                _ => ErrorPolicy.Stop,
            };
            _hasQueue |= worker.Last == 1;
            var options = new NodeOptions { Name = $"worker {worker.Number}", OnError = worker.Retries == 0 ? last : Retry(worker.Retries).Then(last) };
            switch (_random.Next(5))
            {
                case 0:
                    _isOrdered = false;
                    return stream.MapAsync(worker.WorkAsync, maxDegreeOfParallelism: 3, ordered: false, options: options);
                case 1:
                    return isAsync ? stream.MapAsync(worker.WorkAsync, maxDegreeOfParallelism: 3, options: options) : stream.Map(worker.Work, maxDegreeOfParallelism: 3, options: options);
                case 2:
                    return stream.GroupBy(x => x % 3, group => isAsync ? group.MapAsync(worker.WorkAsync, options: options) : group.Map(worker.Work, options: options)).Map(pair => pair.Value);
                case 3:
                    return stream.Map(x => x).MapAsync(worker.WorkAsync, options: options);
                default:
                    return stream.Map(x => x).Map(worker.Work, options: options).Map(x => x);
            }
        }

        private ErrorPolicy Retry(int retries) => _random.Next(4) switch
        {
            0 => ErrorPolicy.Retry(retries, TimeSpan.FromTicks(1)),
            1 => ErrorPolicy.Retry(new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = retries, Delay = TimeSpan.Zero, ShouldHandle = arguments => new(arguments.Outcome.Exception is not null) }).Build()),
            2 => ErrorPolicy.Decide(failure => failure.Attempts <= retries ? ErrorPolicy.Retry(1) : ErrorPolicy.Stop.When(_ => false)),
            _ => ErrorPolicy.Retry(retries),
        };

        private void PutSinkBehindTheQueue()
        {
            var isSlow = _random.Next(2) == 0;
            _dead.Map(letter => letter.ElementAs<int>()).Sink(async element =>
            {
                if (isSlow)
                {
                    await Task.Yield();
                }

                _letters.Enqueue(element);
            });
        }

        /// <summary>What becomes of an element: the worker that gives it up, and how.</summary>
        private Worker? FindEnd(int element) => _workers.Find(worker => worker.FailuresOf(element) > worker.Retries);

        private void CheckAll(Pipeline pipeline, List<(int Element, string End)> ends)
        {
            Assert.That(pipeline.Completion.IsCompletedSuccessfully, Is.True, _message);
            Assert.That(ends.Select(each => each.Element).Order(), Is.EqualTo(Enumerable.Range(0, _count)), _message);
            foreach (var (element, end) in ends)
            {
                Assert.That(end, Is.EqualTo(FindEnd(element) is { Last: 0 } ? "Dropped" : "Delivered"), $"{_message}, element {element}");
            }

            Assert.That(_results.Order(), Is.EqualTo(Enumerable.Range(0, _count).Where(element => FindEnd(element) is null)), _message);
            Assert.That(_letters.Order(), Is.EqualTo(Enumerable.Range(0, _count).Where(element => FindEnd(element) is { Last: 1 })), _message);
            var nodes = pipeline.GetSnapshot().Nodes;
            Assert.That(nodes.Sum(node => node.DeadLettered), Is.EqualTo(_letters.Count), _message);
            Assert.That(nodes.Sum(node => node.Failed), Is.EqualTo(_count - _results.Count), _message);
            Assert.That(nodes.Sum(node => node.Dropped), Is.EqualTo(_count - _results.Count - _letters.Count), _message);
            Assert.That(nodes.Sum(node => node.Abandoned), Is.Zero, _message);
            if (_isOrdered)
            {
                for (var producer = 0; producer < Producers; producer++)
                {
                    Assert.That(_results.Where(element => element % Producers == producer), Is.Ordered, _message);
                }
            }
        }

        private void CheckPart(List<(int Element, string End)> ends)
        {
            var written = _results.ToHashSet();
            var lettered = _letters.ToHashSet();
            Assert.That(written, Has.Count.EqualTo(_results.Count), _message);
            Assert.That(lettered, Has.Count.EqualTo(_letters.Count), _message);
            foreach (var (element, end) in ends)
            {
                switch (end)
                {
                    case "Delivered":
                        Assert.That(written.Contains(element) || lettered.Contains(element), Is.True, $"{_message}, element {element}");
                        break;
                    case "Dropped":
                        Assert.That(FindEnd(element)?.Last, Is.Zero, $"{_message}, element {element}");
                        break;
                    case "Failed" when FindEnd(element) is { Last: 2 }:
                        break;
                    default:
                        // Refused, which is told as the failure that the pipeline stopped by, or abandoned.
                        Assert.That(written, Does.Not.Contain(element), $"{_message}, element {element}: {end}");
                        break;
                }
            }
        }
    }

    /// <summary>Fails on some elements, as often as their number and its own say.</summary>
    private sealed record Worker(int Number, int Retries, int Last, int Salt)
    {
        private readonly ConcurrentDictionary<int, int> _calls = new();

        public int FailuresOf(int element) => ((((uint)element * 2654435761u) ^ (uint)Salt) / 7 % 12) switch
        {
            0 => 1,
            1 => 2,
            2 => int.MaxValue,
            _ => 0,
        };

        public int Work(int element) =>
            _calls.AddOrUpdate(element, 1, (_, calls) => calls + 1) <= FailuresOf(element)
                ? throw (element % 2 == 0 ? new FormatException("planned") : new OperationCanceledException("planned"))
                : element;

        public async ValueTask<int> WorkAsync(int element)
        {
            if (element % 3 == 0)
            {
                await Task.Yield();
            }

            return Work(element);
        }
    }
}
