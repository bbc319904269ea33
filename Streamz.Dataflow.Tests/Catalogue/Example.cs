using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>
/// An example of the catalogue: <see cref="Build"/> says what goes in at which second, builds a pipeline, and says what to show of it.
/// Its page shows the pipeline, cut from the file; the statements that call methods of this class are stage directions and left out.
/// </summary>
internal abstract partial class Example
{
    private const double Step = 0.1;
    private const double Patience = 12;

    private readonly FakeTimeProvider _clock = new();
    private readonly StreamOptions _options;
    private readonly List<IStream> _streams = [];
    private readonly List<Row> _inputs = [];
    private readonly List<Row> _outputs = [];
    private readonly List<(double At, Func<Task> Act)> _script = [];
    private readonly DateTimeOffset _began;
    private readonly List<Action> _cleanUp = [];
    private double? _until;

    protected Example()
    {
        _began = _clock.GetUtcNow();
        _options = new StreamOptions { TimeProvider = _clock };
    }

    private double Now => (_clock.GetUtcNow() - _began).TotalSeconds;

    /// <summary>Runs the example in virtual time.</summary>
    /// <returns>What happened.</returns>
    public Task<Timeline> RunAsync() => Task.Run(PlayAsync);

    /// <summary>
    /// Whether other threads work for the pipeline, such as those of a cluster: then the clock moves on when the pipeline is idle,
    /// which a pipeline that waits for the clock never is.
    /// </summary>
    protected virtual bool HasWorkers => false;

    protected abstract void Build();

    /// <summary>A source that gets elements at the given seconds and ends one second after the last.</summary>
    protected StreamSource<T> Input<T>(string name, params (double At, T Value)[] marks) => InputUntil(name, marks[^1].At + 1, marks);

    /// <summary>A source that gets elements at the given seconds and ends at a given one; at none if it is null.</summary>
    protected StreamSource<T> InputUntil<T>(string name, double? end, params (double At, T Value)[] marks)
    {
        var source = new StreamSource<T>(_options);
        var row = new Row(name, $"Stream<{ValueText.OfType(typeof(T))}>");
        _inputs.Add(row);
        _streams.Add(source);
        foreach (var (at, value) in marks)
        {
            At(at, () =>
            {
                // A stream that its operator has ended, or that has failed, takes no more.
                if (!row.HasEnded)
                {
                    row.Add(at, ValueText.Of(value));
                    Forget(source.EmitAsync(value).AsTask());
                }
            });
        }

        if (end is { } last)
        {
            At(last, () =>
            {
                if (!row.HasEnded)
                {
                    row.Add(last, "", MarkKind.End);
                    source.Complete();
                }
            });
        }

        return source;
    }

    /// <summary>Shows what a stream gives, as a row of that name.</summary>
    protected void Output<T>(Stream<T> stream, [CallerArgumentExpression(nameof(stream))] string name = "")
    {
        var row = new Row(name, ValueText.OfType(typeof(T)));
        _outputs.Add(row);
        _streams.Add(stream);
        RecordingSink.Behind(stream, value => row.Add(Now, ValueText.Of(value)), () => row.Add(Now, "", MarkKind.End));
    }

    /// <summary>A row that the example writes itself; it ends with the pipeline.</summary>
    protected Action<T> Writer<T>(string name)
    {
        var row = new Row(name, ValueText.OfType(typeof(T)));
        _outputs.Add(row);
        return value => row.Add(Now, ValueText.Of(value));
    }

    /// <summary>Names a handle of a graph that has no input and no output of its own.</summary>
    protected void Run(IStream stream) => _streams.Add(stream);

    /// <summary>Does something at a second; with a text, it is shown as a row of what the program does.</summary>
    protected void At(double second, Action act, string? text = null, string row = "calls") =>
        At(second, () =>
        {
            act();
            return Task.CompletedTask;
        }, text, row);

    protected void At(double second, Func<Task> act, string? text = null, string row = "calls")
    {
        if (text is not null)
        {
            var signals = _inputs.Find(each => each.Name == row);
            if (signals is null)
            {
                _inputs.Add(signals = new Row(row, "", isSignal: true));
            }

            signals.Add(second, text);
        }

        _script.Add((second, act));
    }

    /// <summary>Stops a pipeline whose sources do not end by themselves.</summary>
    protected void StopAfter(double second) => _until = second;

    /// <summary>Lets a task of the example, which is not awaited there, run to its end.</summary>
    protected static void Forget(Task task) =>
        task.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task<Timeline> PlayAsync()
    {
        Build();
        var pipelines = _streams.Where(stream => stream.Node.ActiveRun is null).Select(StartOnce).OfType<Pipeline>().ToList();
        var script = new Queue<(double At, Func<Task> Act)>(_script.OrderBy(line => line.At));
        var last = _until ?? script.Select(line => line.At).DefaultIfEmpty(0).Max() + Patience;
        for (var step = 0; step * Step <= last + (Step / 2); step++)
        {
            if (step > 0)
            {
                _clock.Advance(TimeSpan.FromSeconds(Step));
            }

            await SettleAsync(pipelines);
            while (script.TryPeek(out var line) && line.At <= Now + (Step / 2))
            {
                await script.Dequeue().Act();
                await SettleAsync(pipelines);
            }

            if (pipelines.TrueForAll(pipeline => pipeline.Completion.IsCompleted) && script.Count == 0)
            {
                break;
            }
        }

        // What is stopped here only for the sake of the example is not shown as ended.
        var timeline = new Timeline(Copies(_inputs), Copies(_outputs));
        foreach (var pipeline in pipelines)
        {
            await pipeline.StopAsync(TimeSpan.Zero);
        }

        _cleanUp.ForEach(act => act());
        return timeline;
    }

    /// <summary>One start runs all that is connected, so the next handle may be running already.</summary>
    private static Pipeline? StartOnce(IStream stream) => stream.Node.ActiveRun is null ? stream.Start() : null;

    private static List<Row> Copies(List<Row> rows) => rows.ConvertAll(row =>
    {
        var copy = new Row(row.Name, row.Type, row.IsSignal);
        foreach (var mark in row.Marks)
        {
            copy.Add(mark.At, mark.Text, mark.Kind);
        }

        return copy;
    });

    private async Task SettleAsync(List<Pipeline> pipelines)
    {
        foreach (var pipeline in pipelines)
        {
            await (HasWorkers ? pipeline.WhenIdleAsync() : Task.CompletedTask);
            await pipeline.WhenSettledAsync();
        }

        if (pipelines.Count > 0 && pipelines.TrueForAll(pipeline => pipeline.Completion.IsCompleted))
        {
            var failure = pipelines.Select(pipeline => pipeline.Completion.Exception?.InnerException).FirstOrDefault(each => each is not null);
            foreach (var row in _inputs.Where(row => !row.HasEnded && !row.IsSignal))
            {
                row.Add(Now, "", MarkKind.End);
            }

            foreach (var row in _outputs.Where(row => !row.HasEnded))
            {
                row.Add(Now, (failure?.InnerException ?? failure)?.GetType().Name ?? "", failure is null ? MarkKind.End : MarkKind.Error);
            }
        }
    }
}
