using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <content>What sources and bridges are connected to: the world outside, on the clock of the example.</content>
internal abstract partial class Example
{
    /// <summary>The clock, which only the run of the example moves on.</summary>
    protected FakeTimeProvider GivenClock() => _clock;

    /// <summary>For sources that begin a graph.</summary>
    protected StreamOptions GivenOptions() => _options;

    /// <summary>A channel that is written to at the given seconds and completed one second after the last.</summary>
    protected Channel<T> GivenChannel<T>(string name, params (double At, T Value)[] marks)
    {
        var channel = Channel.CreateUnbounded<T>();
        Play(name, $"Channel<{ValueText.OfType(typeof(T))}>", marks, value => channel.Writer.TryWrite(value), () => channel.Writer.Complete());
        return channel;
    }

    /// <summary>An observable that gives elements at the given seconds and completes one second after the last.</summary>
    protected IObservable<T> GivenObservable<T>(string name, params (double At, T Value)[] marks)
    {
        var subject = new Subject<T>();
        Play(name, $"IObservable<{ValueText.OfType(typeof(T))}>", marks, subject.OnNext, subject.OnCompleted, subject.Subscribed);
        return subject;
    }

    /// <summary>A block that others post to at the given seconds and complete one second after the last.</summary>
    protected BufferBlock<T> GivenBlock<T>(string name, params (double At, T Value)[] marks)
    {
        var block = new BufferBlock<T>();
        Play(name, $"ISourceBlock<{ValueText.OfType(typeof(T))}>", marks, value => block.Post(value), block.Complete);
        return block;
    }

    /// <summary>An observer whose calls are shown as a row of that name.</summary>
    protected IObserver<T> GivenObserver<T>(string name)
    {
        var row = new Row(name, "");
        _outputs.Add(row);
        return new Observer<T>(this, row);
    }

    /// <summary>A new folder, which is deleted after the run.</summary>
    protected string GivenFolder()
    {
        var folder = Directory.CreateTempSubdirectory("streamz-catalogue-").FullName;
        _cleanUp.Add(() => Directory.Delete(folder, recursive: true));
        return folder;
    }

    /// <summary>A client that sends lines at the given seconds to whoever listens.</summary>
    protected Client GivenClient(string name, params (double At, string Line)[] marks)
    {
        var client = new Client();
        _cleanUp.Add(client.Dispose);
        var row = new Row(name, "", isSignal: true);
        _inputs.Add(row);
        foreach (var (at, line) in marks)
        {
            row.Add(at, line);
            At(at, async () =>
            {
                var seen = SeenSoFar;
                await client.SendAsync(line);
                await Seen(seen + 1);
            });
        }

        return client;
    }

    /// <summary>Completes when so many elements and ends have come out; for what other threads and programs bring.</summary>
    protected async Task Seen(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (SeenSoFar < count)
        {
            await Task.Delay(2, patience.Token);
        }
    }

    /// <summary>Stops the clock at the given seconds until so many elements and ends have come out.</summary>
    protected void SeenBy(params (double At, int Count)[] moments)
    {
        foreach (var (at, count) in moments)
        {
            At(at, () => Seen(count));
        }
    }

    private int SeenSoFar => _outputs.Sum(row => row.Marks.Count);

    private void Play<T>(string name, string type, (double At, T Value)[] marks, Action<T> next, Action end, Task? ready = null)
    {
        var row = new Row(name, type);
        _inputs.Add(row);
        foreach (var (at, value) in marks)
        {
            row.Add(at, ValueText.Of(value));
            At(at, () => SendAsync(() => next(value)));
        }

        row.Add(marks[^1].At + 1, "", MarkKind.End);
        At(marks[^1].At + 1, () => SendAsync(end));

        // What comes from outside wakes the source on a thread of the pool, which the pipeline knows nothing of.
        async Task SendAsync(Action send)
        {
            await (ready ?? Task.CompletedTask).Soon();
            var seen = SeenSoFar;
            send();
            await Seen(seen + 1);
        }
    }

    /// <summary>Sends lines over a connection that it opens when it is told where to.</summary>
    protected sealed class Client : IDisposable
    {
        private readonly TcpClient _connection = new();
        private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Connect(IPEndPoint endPoint)
        {
            _connection.Connect(endPoint);
            _connected.SetResult();
        }

        public async Task SendAsync(string line)
        {
            await _connected.Task.Soon();
            await _connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        }

        public void Dispose() => _connection.Dispose();
    }

    private sealed class Observer<T>(Example example, Row row) : IObserver<T>
    {
        public void OnNext(T value) => row.Add(example.Now, ValueText.Of(value));

        public void OnCompleted() => row.Add(example.Now, "", MarkKind.End);

        public void OnError(Exception error) => row.Add(example.Now, (error.InnerException ?? error).GetType().Name, MarkKind.Error);
    }

    private sealed class Subject<T> : IObservable<T>
    {
        private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IObserver<T>? _observer;

        public Task Subscribed => _subscribed.Task;

        public IDisposable Subscribe(IObserver<T> observer)
        {
            _observer = observer;
            _subscribed.TrySetResult();
            return new Subscription(this);
        }

        public void OnNext(T value) => _observer?.OnNext(value);

        public void OnCompleted() => _observer?.OnCompleted();

        private sealed class Subscription(Subject<T> subject) : IDisposable
        {
            public void Dispose() => subject._observer = null;
        }
    }
}
