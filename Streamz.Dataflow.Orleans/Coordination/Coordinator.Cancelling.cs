using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>How what nobody waits for any more is called off. What is not with a worker at that time is not given to one.</summary>
internal sealed partial class Coordinator
{
    private const int MaxTokens = 256;

    private readonly Dictionary<CancellationToken, CancellationTokenRegistration> _tokens = [];
    private CancellationToken _lastToken;

    /// <summary>
    /// Has all computations of a token called off with it. One registration serves all: nearly all computations have the token of their pipeline's run, and a registration for
    /// each would cost more than the rest. Tokens of runs that are over are let go of in time.
    /// </summary>
    private void Watch(CancellationToken cancellation)
    {
        if (!cancellation.CanBeCanceled || cancellation == _lastToken)
        {
            return;
        }

        _lastToken = cancellation;
        if (_tokens.ContainsKey(cancellation))
        {
            return;
        }

        if (_tokens.Count >= MaxTokens)
        {
            ForgetTokens();
            for (var live = _live.Next!; live != _live; live = live.Next!)
            {
                Register(live.Cancellation);
            }
        }

        Register(cancellation);
    }

    private void Register(CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled && !_tokens.ContainsKey(cancellation))
        {
            // A token that is cancelled already calls back at once, under the gate, before it is in the table.
            _tokens[cancellation] = cancellation.UnsafeRegister(static (state, token) => ((Coordinator)state!).Cancel(token), this);
        }
    }

    private void Cancel(CancellationToken cancellation)
    {
        lock (_gate)
        {
            for (var computation = _live.Next!; computation != _live; computation = computation.Next!)
            {
                if (computation.Cancellation == cancellation && computation is { IsDone: false, IsSettled: false, Worker: { IsLost: false } worker })
                {
                    worker.Send(OperationKind.Cancel, computation.WireId);
                }
            }
        }
    }

    private void ForgetTokens()
    {
        foreach (var registration in _tokens.Values)
        {
            registration.Unregister();
        }

        _tokens.Clear();
    }
}
