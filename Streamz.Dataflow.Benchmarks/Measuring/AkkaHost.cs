using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>One actor system for all runs in a process: making one takes longer than most runs.</summary>
internal static class AkkaHost
{
    private static readonly Lazy<(ActorSystem System, ActorMaterializer Materializer)> s_host = new(Create);

    public static ActorMaterializer Materializer => s_host.Value.Materializer;

    public static async Task StopAsync()
    {
        if (s_host.IsValueCreated)
        {
            await s_host.Value.System.Terminate();
        }
    }

    private static (ActorSystem System, ActorMaterializer Materializer) Create()
    {
        var system = ActorSystem.Create("benchmarks", ConfigurationFactory.ParseString("akka.loglevel = OFF, akka.stdout-loglevel = OFF"));
        return (system, system.Materializer(ActorMaterializerSettings.Create(system).WithInputBuffer(Work.Capacity, Work.Capacity)));
    }
}
