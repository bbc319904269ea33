using System.Linq.Expressions;
using System.Reflection.Emit;
using Streamz.Dataflow.Orleans.Functions;
using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Tests.Orleans;

[TestFixture]
internal sealed class FunctionPackerTests
{
    private static readonly ValueSerializer s_values = new(Codecs.Serializer);
    private static readonly FunctionPacker s_packer = new(s_values, 1_000_000);
    private static readonly FunctionResolver s_resolver = new(s_values, new TrustedAssemblies([typeof(FunctionPackerTests).Assembly.GetName().Name!]));

    private static TestCaseData[] Travelling() =>
    [
        Works("StaticMethod", (Func<int, int>)ShippedFunctions.Twice, 5, 10),
        Works("PrivateMethod", ShippedFunctions.Private(), 5, 15),
        Works("Lambda", (Func<int, int>)(x => x + 1), 5, 6),
        Works("StaticLambda", (Func<int, int>)(static x => x + 1), 5, 6),
        Works("LambdaWithCapture", ShippedFunctions.Adder(3), 5, 8),
        Works("NestedClosures", ShippedFunctions.Nested(3), 5, 5 + 3 + 30 + 300),
        Works("CapturedDelegate", ShippedFunctions.Composed(x => x + 1, ShippedFunctions.Twice), 5, 12),
        Works("TwentyCapturedDelegates", Enumerable.Range(0, 20).Aggregate((Func<int, int>)(x => x), (inner, _) => ShippedFunctions.Composed(inner, x => x + 1)), 5, 25),
        Works("RecursiveLambda", ShippedFunctions.Factorial(), 5, 120),
        Works("LambdasThatShareAClosure", ShippedFunctions.Shared(2), 5, 5 + 2 + 2),
        Works("LambdaCachedInAClosure", ShippedFunctions.Cached(2), 5, 5 + 2 + 2),
        Works("NullDelegateCaptured", ShippedFunctions.WithOptional(null), 5, 5),
        Works("LocalFunction", ShippedFunctions.Local(3), 5, 8),
        Works("LocalFunctionStatic", ShippedFunctions.LocalStatic(), 5, 6),
        Works("InstanceMethod", (Func<int, int>)new ShippedTarget { Factor = 4 }.Times, 5, 20),
        Works("StructMethod", (Func<int, int>)new ShippedStruct { Factor = 4 }.Times, 5, 20),
        Works("ThisCaptured", new ShippedTarget { Factor = 4 }.Lambda(), 5, 20),
        Works("ThisCapturedBesides", new ShippedTarget { Factor = 4 }.LambdaAnd(1), 5, 21),
        Works("InheritedMethod", (Func<int, int>)new ShippedDerived { Factor = 4 }.Times, 5, 20),
        Works("OverridingMethod", ((ShippedTarget)new ShippedDerived { Factor = 4 }).Overridden(), 5, 400),
        Works("GenericMethod", (Func<int, List<int>>)ShippedFunctions.Wrap<int>, 5, new List<int> { 5 }),
        Works("LambdaInGenericMethod", ShippedFunctions.Paired<int, string>("a"), 5, (5, "a")),
        Works("LambdaWithoutCaptureInGenericMethod", ShippedFunctions.Defaulted<int, string>(), 5, (5, (string?)null)),
        Works("MethodOfGenericClass", (Func<int, (int, string?)>)ShippedGeneric<string>.Pair, 5, (5, (string?)null)),
        Works("LambdaInGenericClass", ShippedGeneric<string>.Lambda<int>("a"), 5, (5, "a")),
        Works("ArraysAsTypeArguments", (Func<int[], int[][]>)ShippedFunctions.Array<int[]>, new[] { 1 }, new[] { new[] { 1 } }),
        Works("ExtensionMethodOfValue", (Func<int, string>)"ab".Repeated, 3, "ababab"),
        Works("DelegateOfDelegate", new Converter<int, int>(ShippedFunctions.Adder(3).Invoke), 5, 8),
        Works("OwnDelegateType", new ShippedDelegate(x => x + 1), 5, 6),
        Works("CapturedPlainData", ShippedFunctions.PlainData(), 5, "5 Green 1 2,3 4 a=1 two 29.02.2024"),
        Works("CapturedInterface", ShippedFunctions.Any([1, 5]), 5, true),
        Works("CapturedNull", ShippedFunctions.Any(null), 5, false),
        Works("OfTwo", (Func<int, int, int>)((x, y) => x * y), [5, 6], 30),
        Works("OfThree", (Func<int, int, int, int>)((x, y, z) => x * y + z), [5, 6, 7], 37),
        .. ShippedScopes.All().Select(entry => Works(entry.Name, entry.Function, 5, entry.Expected)),
        Works("LambdaInIterator", ShippedFunctions.FromIterator().First(), 5, 7),
        Works("LambdaInAsyncMethod", ShippedFunctions.FromAsync(2).Result, 5, 7),
    ];

    [TestCaseSource(nameof(Travelling))]
    public void Function_ThatCanTravel_DoesTheSameThere(Delegate function, object?[] arguments, object? expected)
    {
        var there = Travelled(function);

        Assert.Multiple(() =>
        {
            Assert.That(there, Is.TypeOf(function.GetType()));
            Assert.That(there.DynamicInvoke(arguments), Is.EqualTo(expected));
            Assert.That(there.DynamicInvoke(arguments), Is.EqualTo(function.DynamicInvoke(arguments)));
        });
    }

    [Test]
    public async Task Function_Asynchronous_DoesTheSameThere()
    {
        var add = 3;
        Func<int, CancellationToken, ValueTask<int>> function = async (x, _) =>
        {
            await Task.Yield();
            return x + add;
        };

        var there = (Func<int, CancellationToken, ValueTask<int>>)Travelled(function);

        Assert.That(await there(5, default), Is.EqualTo(8));
    }

    [Test]
    public async Task Function_AdaptedByTheLibrary_TravelsUnderItsOwnName()
    {
        var reference = s_packer.Pack(ClusterFunctions.Of<int, int>(ShippedFunctions.Twice), "map");
        var there = (Func<int, CancellationToken, ValueTask<int>>)Travelled(ClusterFunctions.Of<int, int>(ShippedFunctions.Twice));
        var asynchronous = (Func<int, CancellationToken, ValueTask<string>>)Travelled(ClusterFunctions.Of<int, string>(x => new ValueTask<string>($"{x}")));

        Assert.Multiple(async () =>
        {
            Assert.That(reference.Display, Is.EqualTo("Streamz.Dataflow.Tests.Orleans.ShippedFunctions.Twice"));
            Assert.That(await there(5, default), Is.EqualTo(10));
            Assert.That(await asynchronous(5, default), Is.EqualTo("5"));
        });
        await Task.CompletedTask;
    }

    [Test]
    public void Captures_AreCopiedWhenTheFunctionIsPacked()
    {
        var add = 3;
        Func<int, int> function = x => x + add;
        var reference = s_packer.Pack(function, "map");
        add = 100;

        var there = (Func<int, int>)s_resolver.Resolve(reference);

        Assert.That((there(5), function(5)), Is.EqualTo((8, 105)));
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case("FrameworkMethod", (Func<int, int>)Math.Abs, "System.Math.Abs is a method of the framework", "Wrap it in a lambda of your own assembly, e.g. x => Math.Abs(x)");
        yield return Case("FrameworkMethodOfValue", (Func<string, bool>)"abc".Contains, "System.String.Contains", "x => target.Contains(x)");
        yield return Case("FrameworkMethodCaptured", ShippedFunctions.Composed(Math.Abs, x => x), "System.Math.Abs, captured as 'first' by the lambda in", "ShippedFunctions.Composed", "x => Math.Abs(x)");
        yield return Case("FrameworkMethodAdapted", ClusterFunctions.Of<int, int>(Math.Abs), "System.Math.Abs is a method of the framework");
        yield return Case("LibraryMethod", (Func<Type, string>)Streamz.Dataflow.Graph.TypeName.Of, "is a method inside Streamz.Dataflow");
        yield return Case("Multicast", (Func<int, int>)ShippedFunctions.Twice + ShippedFunctions.Twice, "ShippedFunctions.Twice", "multicast", "Call them from one lambda");
        yield return Case("CompiledExpression", ((Expression<Func<int, int>>)(x => x + 1)).Compile(), "made at run time", "Expression.Compile");
        yield return Case("DynamicMethod", Dynamic(), "made at run time", "DynamicMethod");
        yield return Case("OpenInstanceMethod", Delegate.CreateDelegate(typeof(Func<ShippedTarget, int>), typeof(ShippedTarget).GetMethod(nameof(ShippedTarget.Get))!), "first argument", "x => x.Get()");
        yield return Case("Semaphore", ShippedFunctions.Capturing(new SemaphoreSlim(1)), "captures 'value' of type System.Threading.SemaphoreSlim", "Capture plain data");
        yield return Case("CancellationToken", ShippedFunctions.Capturing(CancellationToken.None), "captures 'value' of type System.Threading.CancellationToken");
        yield return Case("FileStream", ShippedFunctions.Capturing<Stream>(new FileStream(typeof(FunctionPackerTests).Assembly.Location, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)), "captures 'value' of type System.IO.Stream", "System.IO.FileStream");
        yield return Case("RecordWithoutCodec", ShippedFunctions.Capturing(new Uncoded(1)), "the lambda in Streamz.Dataflow.Tests.Orleans.ShippedFunctions.Capturing", "Uncoded", "[GenerateSerializer]", "OrleansClusterOptions.JsonTypes");
        yield return Case("RecordWithoutCodecInList", ShippedFunctions.Capturing(new List<Uncoded> { new(1) }), "captures 'value' of type System.Collections.Generic.List<Streamz.Dataflow.Tests.Orleans.Uncoded>");
        yield return Case("RecordWithoutCodecInObject", ShippedFunctions.Capturing<object>(new Uncoded(1)), "captures 'value' of type System.Object", "Uncoded");
        yield return Case("AnonymousType", ShippedFunctions.Capturing(new { Number = 1 }), "captures 'value'", "AnonymousType");
        yield return Case("BoxedEnum", ShippedFunctions.Capturing<object>(Colour.Green), "captures 'value'", "enum");
        yield return Case("NestedOffender", ShippedFunctions.Composed(x => x, ShippedFunctions.Counting(new Uncoded(1))), "captured as 'second' by", "captures 'value'");
        yield return Case("TooMuch", ShippedFunctions.Capturing(new byte[1_000_001]), "Capturing", "captures 1,000,0", "may have 1,000,000", "MaxMessageBytes", "Scatter");
        yield return Case("ThisWithoutCodec", new UnshippedTarget().Lambda(), "UnshippedTarget.Lambda", "uses 'this'", "UnshippedTarget");
        yield return Case("ThisWithoutCodecBesides", new UnshippedTarget().LambdaAnd(1), "captures 'this' of type Streamz.Dataflow.Tests.Orleans.UnshippedTarget");
        yield return Case("TooDeep", Enumerable.Range(0, 1000).Aggregate((Func<int, int>)ShippedFunctions.Twice, (inner, _) => ShippedFunctions.Composed(inner, ShippedFunctions.Twice)), "deep");

        static TestCaseData Case(string name, Delegate function, params string[] parts) => new(function, parts) { TestName = $"Function_{name}_IsRefused" };
    }

    [TestCaseSource(nameof(Refused))]
    public void Function_ThatCannotTravel_IsRefused(Delegate function, string[] parts)
    {
        var refusal = Assert.Throws<ArgumentException>(() => s_packer.Pack(function, "map"));

        Assert.Multiple(() =>
        {
            Assert.That(refusal!.Message, Does.StartWith("The function of 'map' cannot run on a worker: "));
            foreach (var part in parts)
            {
                Assert.That(refusal.Message, Does.Contain(part));
            }
        });
    }

    private static TestCaseData Works(string name, Delegate function, object? argument, object? expected) =>
        Works(name, function, [argument], expected);

    private static TestCaseData Works(string name, Delegate function, object?[] arguments, object? expected) =>
        new(function, arguments, expected) { TestName = $"Function_{name}_DoesTheSameThere" };

    /// <summary>Over the wire, as the message takes it.</summary>
    private static Delegate Travelled(Delegate function)
    {
        var bytes = Codecs.Serializer.SerializeToArray(s_packer.Pack(function, "map"));
        return s_resolver.Resolve(Codecs.Serializer.Deserialize<FunctionReference>(bytes)!);
    }

    private static Delegate Dynamic()
    {
        var method = new DynamicMethod("Made", typeof(int), [typeof(int)]);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int, int>>();
    }
}
