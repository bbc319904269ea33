using System.Globalization;
using Microsoft.Extensions.Logging;
using Streamz.Dataflow.Orleans.Values;
using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>
/// The threads of a worker, and the queue of functions in front of them. Functions never run on the thread pool, which belongs to the engine: one that blocks there
/// would make a healthy silo look dead.
/// </summary>
/// <remarks>
/// <para>
/// The gate of the worker guards the queue as it guards the entries, so that a thread ends one function and begins the next in one go, and what it shares with others
/// is written once: where processors are far from one another that counts for more than the work. A thread that has reports to give does so before it takes another function,
/// which is for any thread until then.
/// </para>
/// <para>
/// A thread is idle from when it found the queue empty, under the gate, until it is woken. One is woken at a time, and wakes the next if there is still work when it has
/// taken its own: so functions that end at once do not wake all threads, and while there is work some thread that is idle is on its way, or all are busy. What the gate is
/// held for when one is woken is the release of a semaphore, which waits for nobody.
/// </para>
/// </remarks>
internal sealed class FunctionRunner : IDisposable
{
    private readonly Queue<Entry> _ready = new();
    private readonly SemaphoreSlim _woken = new(0);
    private readonly WorkerStore _store;
    private readonly ILogger _logger;
    private int _idle;
    private bool _isWaking;
    private bool _isDisposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="store">The worker, which is complete but for this.</param>
    /// <param name="logger">Is told what should not happen.</param>
    public FunctionRunner(WorkerStore store, ILogger logger)
    {
        _store = store;
        _logger = logger;
        for (var i = 0; i < store.Threads; i++)
        {
            new Thread(Serve) { IsBackground = true, Name = string.Create(CultureInfo.InvariantCulture, $"streamz worker {i + 1}") }.UnsafeStart();
        }
    }

    /// <summary>Guards all entries of the worker, and this queue. Nothing is called under it that waits.</summary>
    public Lock Gate { get; } = new();

    /// <summary>How many functions wait for a thread. Belongs to the gate, as the other counts do.</summary>
    public int Queued => _ready.Count;

    /// <summary>How many functions run.</summary>
    public int Running { get; private set; }

    /// <summary>How many functions have ended.</summary>
    public long Completed { get; private set; }

    /// <summary>Has a function run as soon as a thread is free. Called under the gate.</summary>
    public void Enqueue(Entry entry)
    {
        if (_isDisposed)
        {
            // Of a worker that was stopped, a coordinator in this process is told, and others find out by its silence.
            return;
        }

        _ready.Enqueue(entry);
        WakeOne();
    }

    /// <summary>Ends the threads after the functions that are running.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (!_isDisposed && _idle > 0)
            {
                _woken.Release(_idle);
            }

            _isDisposed = true;
            _idle = 0;
        }
    }

    private void Serve()
    {
        var cancellation = new CancellationTokenSource();
        Entry? next = null;
        while ((next ?? Wait(cancellation)) is { } entry)
        {
            var (value, failure) = Run(entry, cancellation.Token);
            next = null;
            try
            {
                List<Entry>? reports;
                lock (Gate)
                {
                    Running--;
                    Completed++;
                    reports = entry.Session.End(entry, value, failure);
                    if (!cancellation.TryReset())
                    {
                        cancellation.Dispose();
                        cancellation = new CancellationTokenSource();
                    }

                    next = reports is null ? Take(cancellation) : null;
                }

                entry.Session.Report(reports);
            }
            catch (Exception unforeseen)
            {
                WorkerLog.ReportFailed(_logger, unforeseen, _store.Name);
            }
        }

        cancellation.Dispose();
    }

    /// <summary>Waits for a function.</summary>
    /// <returns>What to run; null if the worker has been stopped.</returns>
    private Entry? Wait(CancellationTokenSource cancellation)
    {
        var wasWoken = false;
        while (true)
        {
            lock (Gate)
            {
                _isWaking &= !wasWoken;
                if (_isDisposed)
                {
                    return null;
                }

                if (Take(cancellation) is { } entry)
                {
                    return entry;
                }

                _idle++;
            }

            _woken.Wait();
            wasWoken = true;
        }
    }

    /// <summary>Begins the next function that somebody still wants. Under the gate.</summary>
    private Entry? Take(CancellationTokenSource cancellation)
    {
        while (!_isDisposed && _ready.TryDequeue(out var entry))
        {
            if (WorkerSession.TryBegin(entry, cancellation))
            {
                Running++;
                WakeOne();
                return entry;
            }
        }

        return null;
    }

    private void WakeOne()
    {
        if (_idle > 0 && !_isWaking && _ready.Count > 0)
        {
            _idle--;
            _isWaking = true;
            _woken.Release();
        }
    }

    private (Cell? Value, Failure? Failure) Run(Entry entry, CancellationToken cancellation)
    {
        var function = entry.Function!;
        try
        {
            using var activity = WorkerActivity.Start(function.Name, _store.Name, entry.TraceParent);
            try
            {
                return (function.Invoker!.Invoke(entry.Inputs, entry.Index, _store.Values, cancellation), null);
            }
            catch (Exception thrown)
            {
                WorkerActivity.Fail(activity, thrown);
                return (null, _store.Fail(function.Name, thrown));
            }
        }
        catch (Exception ofListener)
        {
            // Whoever listens to activities is code of the user's as well, and must not end the thread, and with it the process.
            return (null, _store.Fail(function.Name, ofListener));
        }
    }
}
